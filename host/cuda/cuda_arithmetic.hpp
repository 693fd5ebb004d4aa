#pragma once

#include <string>

#include "kernels/cuda/devices.hpp"

namespace gnc {

/// What must be equal of devices that are to compute alike: "sm_90 with 132 multiprocessors".
std::string cuda_device_kind(const CudaDevice& device);

/// What decides the bits of the losses that engine "cuda-gemm" computes on `device`: its own revision, and
/// cuBLAS, which is loaded to ask its version, and promises the same bits for the same version, architecture
/// and number of multiprocessors.
std::string cuda_gemm_arithmetic(const CudaDevice& device);

/// The same for engine "cuda-fused", all of whose arithmetic is this program's: its architecture, for which
/// the device code was made, its revision, and CUDA's, whose elementary functions it calls.
std::string cuda_fused_arithmetic(const CudaDevice& device);

}  // namespace gnc
