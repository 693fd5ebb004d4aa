#include "host/cli/join_ranks.hpp"

#include <cstdlib>
#include <string>

#include "host/errors.hpp"

#ifdef GNC_HAVE_MPI
#include "host/mpi/mpi_ranks.hpp"
#endif

namespace gnc {
namespace {

// Names of Open MPI, of MPICH and its relatives, and of Slurm's srun with either.

/// The first of these that the environment has, as a number.
template <std::size_t N>
int number_in_environment(const char* const (&names)[N], int otherwise) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) return std::atoi(value);
  }
  return otherwise;
}

}  // namespace

int launched_rank() { return number_in_environment({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}, 0); }

std::unique_ptr<Ranks> join_ranks() {
#ifdef GNC_HAVE_MPI
  const bool launched = std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr ||
                        std::getenv("PMI_RANK") != nullptr || std::getenv("PMIX_RANK") != nullptr;
  if (launched) return std::make_unique<MpiRanks>();
#else
  if (number_in_environment({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE"}, 1) > 1) {
    throw UsageError(
        "gnc run: started by mpirun, but this gnc was built without MPI; build it where MPI is found "
        "(Debian: libopenmpi-dev), or start it without mpirun");
  }
#endif
  return std::make_unique<SingleRank>();
}

}  // namespace gnc
