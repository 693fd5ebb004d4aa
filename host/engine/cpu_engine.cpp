#include "host/engine/cpu_engine.hpp"

#include <new>

#include <fmt/format.h>

#include "host/errors.hpp"
#include "kernels/cpu/conditional_kernel.hpp"
#include "kernels/cpu/cpu_particles.hpp"

namespace gnc {
namespace {

RunError out_of_memory(const CellView& cell, std::size_t scratch_bytes) {
  const std::size_t mebibytes = scratch_bytes >> 20;
  if (mebibytes == 0) {
    return RunError(fmt::format(
        "out of memory, though a draw of width {} and depth {} takes little: this process gets too "
        "little for all else; free memory, raise its limit (ulimit -v), or use fewer --threads",
        cell.width, cell.depth));
  }
  return RunError(fmt::format(
      "out of memory: a draw of width {} and depth {} needs {} MiB of scratch per thread; use fewer "
      "--threads or a smaller network",
      cell.width, cell.depth, mebibytes));
}

}  // namespace

ChunkResult CpuEngine::run_chunk(const PreparedCell& cell, DrawRange range,
                                 std::span<const double> tolerances, const StoreLimits& max_stored) {
  const CellView& view = cell.view();
  const ConditionalView* const conditional = cell.conditional();
  try {
    if (conditional != nullptr) {
      return run_conditional(view, *conditional, tolerances, range.begin, range.end, max_stored, memory_);
    }
    return run_draws(view, tolerances, range.begin, range.end, max_stored, memory_);
  } catch (const std::bad_alloc&) {
    throw out_of_memory(view, conditional != nullptr ? conditional_scratch_bytes(view, *conditional)
                                                     : scratch_floats(view) * sizeof(float));
  }
}

std::unique_ptr<ParticleStore> CpuEngine::particles(const PreparedCell& cell, std::uint32_t populations,
                                                    std::uint64_t count) {
  return std::make_unique<CpuParticles>(cell.view(), populations, count);
}

}  // namespace gnc
