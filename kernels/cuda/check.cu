#include "kernels/cuda/check.hpp"

#include <string>

#include "kernels/cuda/device_error.hpp"

namespace gnc {

void check(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) return;
  const bool memory = status == cudaErrorMemoryAllocation;
  // An error that is not sticky would else be reported once more by the next launch.
  cudaGetLastError();
  throw DeviceError(memory ? DeviceError::Kind::OutOfMemory : DeviceError::Kind::Failed,
                    std::string("CUDA failed while ") + doing + ": " + cudaGetErrorString(status) + " (" +
                        cudaGetErrorName(status) + ")");
}

void check(cublasStatus_t status, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const bool memory = status == CUBLAS_STATUS_ALLOC_FAILED;
  throw DeviceError(memory ? DeviceError::Kind::OutOfMemory : DeviceError::Kind::Failed,
                    std::string("cuBLAS failed while ") + doing + ": " + cublasGetStatusString(status) +
                        " (" + cublasGetStatusName(status) + ")");
}

}  // namespace gnc
