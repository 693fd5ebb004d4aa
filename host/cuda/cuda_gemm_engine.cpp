#include "host/cuda/cuda_gemm_engine.hpp"

#include "host/cuda/device_failure.hpp"

namespace gnc {

double CudaGemmEngine::least_seconds(const PreparedCell& cell, const CudaDevice& device) {
  if (device.memory_bytes_per_second <= 0.0) return 0.0;
  return 2.0 * sizeof(float) * static_cast<double>(numbers_per_draw(cell.view())) /
         device.memory_bytes_per_second;
}

ChunkResult CudaGemmEngine::run_chunk(const PreparedCell& cell, DrawRange range,
                                      std::span<const double> tolerances, const StoreLimits& max_stored) {
  try {
    if (!draws_) draws_.emplace();
    return draws_->run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
  } catch (const DeviceError& error) {
    throw_run_error(error, cell.view());
  }
}

}  // namespace gnc
