#pragma once

#include <cublas_v2.h>
#include <cuda_runtime.h>

namespace gnc {

/// Throws DeviceError "CUDA failed while DOING: ANSWER (NAME)" unless the call succeeded. `doing` is, for
/// example, "drawing weights".
void check(cudaError_t status, const char* doing);
/// The same for a call of cuBLAS.
void check(cublasStatus_t status, const char* doing);

/// An error that is not sticky would else be reported once more by the next launch.
void forget_last_error();

/// Checks the launch of a kernel that has just been made.
inline void check_launch(const char* doing) { check(cudaGetLastError(), doing); }

}  // namespace gnc
