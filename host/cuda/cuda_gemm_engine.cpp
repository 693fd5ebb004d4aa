#include "host/cuda/cuda_gemm_engine.hpp"

#include "host/cuda/device_failure.hpp"

namespace gnc {

ChunkResult CudaGemmEngine::run_chunk(const PreparedCell& cell, DrawRange range,
                                      std::span<const double> tolerances, const StoreLimits& max_stored) {
  try {
    return draws_.run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
  } catch (const DeviceError& error) {
    throw run_error(error, cell.view());
  }
}

}  // namespace gnc
