#pragma once

#include "host/ledger/ledger.hpp"
#include "host/report/run_results.hpp"

namespace gnc {

/// The statistics of every cell of a run, finished or not, from its ledger. Throws Interrupted.
RunResults collect_results(Ledger& ledger);

}  // namespace gnc
