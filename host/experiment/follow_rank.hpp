#pragma once

#include <functional>

#include "host/experiment/ranks.hpp"
#include "host/experiment/workers.hpp"

namespace gnc {

/// A rank's side, other than rank 0's, of a run that several ranks draw: does what rank 0 hands out until
/// that ends the run. Returns the exit code that rank 0 gives. `prepare`: how this rank draws the run; what
/// it throws, and what workers throw, ends the run on all ranks.
int follow_rank_0(Ranks& ranks, const std::function<WorkerOptions(const RunPlan&)>& prepare);

}  // namespace gnc
