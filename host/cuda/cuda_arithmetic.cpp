#include "host/cuda/cuda_arithmetic.hpp"

#include <fmt/format.h>

#include "kernels/cpu/simd_targets.hpp"

namespace gnc {
namespace {

/// Goes up whenever a device computes other bits than before.
constexpr int kDeviceRevision = 3;

}  // namespace

std::string cuda_device_kind(const CudaDevice& device) {
  return fmt::format("sm_{}{} with {} multiprocessors", device.major, device.minor, device.multiprocessors);
}

std::string cuda_gemm_arithmetic(const CudaDevice& device) {
  return fmt::format("{}, cuBLAS {}, revision {}.{}", cuda_device_kind(device), cublas_version(),
                     kArithmeticRevision, kDeviceRevision);
}

std::string cuda_fused_arithmetic(const CudaDevice& device) {
  return fmt::format("sm_{}{}, CUDA {}, revision {}.{}", device.major, device.minor, cuda_version(),
                     kArithmeticRevision, kDeviceRevision);
}

}  // namespace gnc
