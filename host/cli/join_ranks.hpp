#pragma once

#include <memory>

#include "host/experiment/ranks.hpp"

namespace gnc {

/// The number that mpirun gave this process, as its environment says; 0 where none started it.
int launched_rank();

/// The ranks that this process is one of: those that mpirun started, or itself alone. UsageError where mpirun
/// started several processes of a program without MPI.
std::unique_ptr<Ranks> join_ranks();

}  // namespace gnc
