#include "kernels/cuda/check.hpp"

#include <string>

#include "kernels/cuda/cublas_library.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {

void forget_last_error() { cudaGetLastError(); }

void check(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) return;
  const bool memory = status == cudaErrorMemoryAllocation;
  forget_last_error();
  throw DeviceError(memory ? DeviceError::Kind::OutOfMemory : DeviceError::Kind::Failed,
                    std::string("CUDA failed while ") + doing + ": " + cudaGetErrorString(status) + " (" +
                        cudaGetErrorName(status) + ")");
}

void check(cublasStatus_t status, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const bool memory = status == CUBLAS_STATUS_ALLOC_FAILED;
  const CublasLibrary& library = CublasLibrary::get();
  forget_last_error();
  throw DeviceError(memory ? DeviceError::Kind::OutOfMemory : DeviceError::Kind::Failed,
                    std::string("cuBLAS failed while ") + doing + ": " + library.status_string(status) +
                        " (" + library.status_name(status) + ")");
}

}  // namespace gnc
