#pragma once

#include <cublas_v2.h>

#include <cstddef>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/cublas_library.hpp"

namespace gnc {

/// A cuBLAS context on the current device, for one stream, in full single precision. Throws DeviceError.
class CublasHandle {
 public:
  explicit CublasHandle(cudaStream_t stream) : library_(CublasLibrary::get()) {
    const cublasStatus_t status = library_.create(&handle_);
    // What cuBLAS answers, too, where it finds no memory for itself.
    const bool memory = status == CUBLAS_STATUS_NOT_INITIALIZED && short_of_memory();
    check(memory ? CUBLAS_STATUS_ALLOC_FAILED : status, "starting cuBLAS");
    try {
      check(library_.set_stream(handle_, stream), "giving cuBLAS its stream");
      // No TF32 and no emulation by narrower types, whatever the environment asks of cuBLAS.
      check(library_.set_math_mode(handle_, CUBLAS_PEDANTIC_MATH), "setting cuBLAS to full single precision");
    } catch (...) {
      library_.destroy(handle_);
      throw;
    }
  }
  CublasHandle(const CublasHandle&) = delete;
  CublasHandle& operator=(const CublasHandle&) = delete;
  ~CublasHandle() { library_.destroy(handle_); }

  cublasHandle_t get() const { return handle_; }
  const CublasLibrary& library() const { return library_; }

 private:
  /// Whether the device has less memory left than cuBLAS may take for its code and workspace.
  static bool short_of_memory() {
    constexpr std::size_t kEnough = std::size_t{1} << 30;
    std::size_t free = 0;
    std::size_t total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for the free memory");
    return free < kEnough;
  }

  const CublasLibrary& library_;
  cublasHandle_t handle_ = nullptr;
};

}  // namespace gnc
