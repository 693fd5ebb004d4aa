#include "host/cli/join_ranks.hpp"

#include <cstdlib>
#include <initializer_list>
#include <optional>

#include "host/errors.hpp"

#ifdef GNC_HAVE_MPI
#include "host/mpi/mpi_ranks.hpp"
#endif

namespace gnc {
namespace {

// Names of Open MPI, of MPICH and its relatives, and of Slurm's srun with either.
[[maybe_unused]] constexpr std::initializer_list<const char*> kRankNames = {"OMPI_COMM_WORLD_RANK",
                                                                            "PMI_RANK", "PMIX_RANK"};
[[maybe_unused]] constexpr std::initializer_list<const char*> kSizeNames = {"OMPI_COMM_WORLD_SIZE",
                                                                            "PMI_SIZE", "PMIX_SIZE"};

/// The first of these that the environment has, as a number.
std::optional<int> number_in_environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) return std::atoi(value);
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Ranks> join_ranks() {
#ifdef GNC_HAVE_MPI
  if (number_in_environment(kRankNames)) return std::make_unique<MpiRanks>();
#else
  if (number_in_environment(kSizeNames).value_or(1) > 1) {
    throw UsageError(
        "gnc run: started by mpirun, but this gnc was built without MPI; build it where MPI is found "
        "(Debian: libopenmpi-dev), or start it without mpirun");
  }
#endif
  return std::make_unique<SingleRank>();
}

}  // namespace gnc
