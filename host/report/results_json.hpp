#pragma once

#include <nlohmann/json.hpp>

#include "host/report/run_results.hpp"

namespace gnc {

/// The run as JSON: whether it is finished, and its cells with the fields of RunResults; unknown values are
/// null.
nlohmann::ordered_json results_json(const RunResults& run);

}  // namespace gnc
