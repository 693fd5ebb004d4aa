#pragma once

#include <string>

#include "kernels/cuda/devices.hpp"

namespace gnc {

/// What decides the bits of the losses that engine "cuda-gemm" computes on `device`: its own revision, and
/// cuBLAS, which promises the same bits for the same version, architecture and number of multiprocessors.
std::string cuda_gemm_arithmetic(const CudaDevice& device);

}  // namespace gnc
