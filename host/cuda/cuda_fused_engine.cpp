#include "host/cuda/cuda_fused_engine.hpp"

#include <algorithm>
#include <limits>

#include "host/cuda/device_failure.hpp"
#include "host/cuda/device_particle_store.hpp"
#include "kernels/cuda/cuda_particles.hpp"

namespace gnc {

bool CudaFusedEngine::takes(const PreparedCell& cell) {
  if (cell.estimator() == Estimator::Splitting) return cuda_takes_particles(cell.view());
  return cell.conditional() != nullptr || CudaFusedDraws::takes(cell.view());
}

KernelUse CudaFusedEngine::kernel_use(const PreparedCell& cell) {
  try {
    if (cell.estimator() == Estimator::Splitting) return cuda_particles_use(cell.view());
    return cell.conditional() != nullptr ? CudaConditionalDraws::kernel_use(cell.view())
                                         : CudaFusedDraws::kernel_use(cell.view());
  } catch (const DeviceError& error) {
    throw_run_error(error, cell.view());
  }
}

ChunkResult CudaFusedEngine::run_chunk(const PreparedCell& cell, DrawRange range,
                                       std::span<const double> tolerances, const StoreLimits& max_stored) {
  try {
    // Each is made when it first draws: a run that needs one alone leaves the other's memory free.
    if (const ConditionalView* const conditional = cell.conditional()) {
      if (!conditional_) conditional_.emplace();
      return conditional_->run(cell.view(), *conditional, cell.id(), tolerances, range.begin, range.end,
                               max_stored);
    }
    if (!draws_) draws_.emplace();
    return draws_->run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
  } catch (const DeviceError& error) {
    throw_run_error(error, cell.view());
  }
}

std::unique_ptr<ParticleStore> CudaFusedEngine::particles(const PreparedCell& cell, std::uint32_t populations,
                                                          std::uint64_t count) {
  try {
    return std::make_unique<DeviceParticleStore>(cuda_particles(cell.view(), populations, count),
                                                 cell.view());
  } catch (const DeviceError& error) {
    throw_run_error(error, cell.view());
  }
}

std::uint32_t CudaFusedEngine::populations_at_once(const PreparedCell& cell, std::uint64_t count) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  // What the cells before needed is room for particles.
  draws_.reset();
  conditional_.reset();
  try {
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(cuda_populations_that_fit(cell.view(), count), 1, kMost));
  } catch (const DeviceError& error) {
    throw_run_error(error, cell.view());
  }
}

}  // namespace gnc
