#pragma once

#include <functional>

#include "host/experiment/ranks.hpp"
#include "host/experiment/workers.hpp"

namespace gnc {

/// The rank that this process is of those that mpirun started, or of itself alone: rank 0 does `lead`, the
/// others what it hands out, as `prepare` says for each. Returns rank 0's exit code. What `lead` throws is
/// reported here, and so is, by rank 0 alone, what `prepare` throws: no rank ends before that is said, as
/// mpirun ends all with the first. UsageError where mpirun started several processes of a program without
/// MPI.
int lead_or_follow(const std::function<int(Ranks&)>& lead,
                   const std::function<WorkerOptions(const RunPlan&, const Ranks&)>& prepare);

}  // namespace gnc
