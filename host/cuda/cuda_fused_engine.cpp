#include "host/cuda/cuda_fused_engine.hpp"

#include "host/cuda/device_failure.hpp"

namespace gnc {

KernelUse CudaFusedEngine::kernel_use(const PreparedCell& cell) {
  try {
    return cell.conditional() != nullptr ? CudaWeighedDraws::kernel_use(cell.view())
                                         : CudaFusedDraws::kernel_use(cell.view());
  } catch (const DeviceError& error) {
    throw run_error(error, cell.view());
  }
}

ChunkResult CudaFusedEngine::run_chunk(const PreparedCell& cell, DrawRange range,
                                       std::span<const double> tolerances, std::size_t max_stored) {
  try {
    // Each is made when it first draws: a run that needs one alone leaves the other's memory free.
    if (const ConditionalView* const conditional = cell.conditional()) {
      if (!weighed_) weighed_.emplace();
      return weighed_->run(cell.view(), *conditional, cell.id(), tolerances, range.begin, range.end,
                           max_stored);
    }
    if (!draws_) draws_.emplace();
    return draws_->run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
  } catch (const DeviceError& error) {
    throw run_error(error, cell.view());
  }
}

}  // namespace gnc
