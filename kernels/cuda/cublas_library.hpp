#pragma once

#include <cublas_v2.h>

namespace gnc {

/// What gnc calls of cuBLAS. The library is loaded when it is first asked for: that takes a tenth of a second
/// and 200 MB, and engine cuda-gemm alone multiplies by it.
struct CublasLibrary {
  decltype(&cublasCreate_v2) create;
  decltype(&cublasDestroy_v2) destroy;
  decltype(&cublasSetStream_v2) set_stream;
  decltype(&cublasSetMathMode) set_math_mode;
  decltype(&cublasSgemm_v2) sgemm;
  decltype(&cublasSgemmStridedBatched) sgemm_strided_batched;
  decltype(&cublasGetProperty) property;
  decltype(&cublasGetStatusName) status_name;
  decltype(&cublasGetStatusString) status_string;

  /// From any thread. Throws DeviceError where it cannot be loaded.
  static const CublasLibrary& get();
};

}  // namespace gnc
