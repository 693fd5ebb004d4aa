#pragma once

#include <memory>

#include "host/experiment/ranks.hpp"

namespace gnc {

/// The ranks that this process is one of: those that mpirun started, or itself alone. UsageError where mpirun
/// started several processes of a program without MPI.
std::unique_ptr<Ranks> join_ranks();

}  // namespace gnc
