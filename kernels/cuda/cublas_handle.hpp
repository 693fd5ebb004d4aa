#pragma once

#include <cublas_v2.h>

#include "kernels/cuda/check.hpp"

namespace gnc {

/// A cuBLAS context on the current device. Throws DeviceError.
class CublasHandle {
 public:
  CublasHandle() { check(cublasCreate(&handle_), "starting cuBLAS"); }
  CublasHandle(const CublasHandle&) = delete;
  CublasHandle& operator=(const CublasHandle&) = delete;
  ~CublasHandle() { cublasDestroy(handle_); }

  cublasHandle_t get() const { return handle_; }

 private:
  cublasHandle_t handle_ = nullptr;
};

}  // namespace gnc
