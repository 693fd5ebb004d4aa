#include "host/cuda/cuda_fused_engine.hpp"

#include "host/cuda/device_failure.hpp"

namespace gnc {

KernelUse CudaFusedEngine::kernel_use(const CellView& cell) {
  try {
    return CudaFusedDraws::kernel_use(cell);
  } catch (const DeviceError& error) {
    throw run_error(error, cell);
  }
}

ChunkResult CudaFusedEngine::run_chunk(const PreparedCell& cell, DrawRange range,
                                       std::span<const double> tolerances, std::size_t max_stored) {
  try {
    return draws_.run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
  } catch (const DeviceError& error) {
    throw run_error(error, cell.view());
  }
}

}  // namespace gnc
