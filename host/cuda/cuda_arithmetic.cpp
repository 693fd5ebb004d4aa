#include "host/cuda/cuda_arithmetic.hpp"

#include <fmt/format.h>

#include "kernels/cpu/simd_targets.hpp"

namespace gnc {

std::string cuda_gemm_arithmetic(const CudaDevice& device) {
  return fmt::format("sm_{}{} with {} multiprocessors, cuBLAS {}, revision {}", device.major, device.minor,
                     device.multiprocessors, cublas_version(), kArithmeticRevision);
}

std::string cuda_fused_arithmetic(const CudaDevice& device) {
  return fmt::format("sm_{}{}, CUDA {}, revision {}", device.major, device.minor, cuda_version(),
                     kArithmeticRevision);
}

}  // namespace gnc
