#include "kernels/cuda/cuda_backend.hpp"

namespace gnc {

const CublasHandle& CudaBackend::cublas() {
  if (!cublas_) cublas_.emplace(stream_.get());
  return *cublas_;
}

std::size_t CudaBackend::free_bytes() const {
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "asking for the free device memory");
  return free;
}

void CudaBackend::multiply_batch(std::size_t rows, std::size_t inner, std::size_t cols, const float* a,
                                 std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                                 std::size_t c_stride, std::uint32_t count) {
  // cuBLAS is column-major: what it sees are the transposes, Cᵀ = Bᵀ Aᵀ.
  const float one = 1.0f;
  const float zero = 0.0f;
  const auto m = static_cast<int>(cols);
  const auto k = static_cast<int>(inner);
  const CublasHandle& blas = cublas();
  check(blas.library().sgemm_strided_batched(blas.get(), CUBLAS_OP_N, CUBLAS_OP_N, m, static_cast<int>(rows),
                                             k, &one, b, m, static_cast<long long>(b_stride), a, k,
                                             static_cast<long long>(a_stride), &zero, c, m,
                                             static_cast<long long>(c_stride), static_cast<int>(count)),
        "multiplying a layer");
}

void CudaBackend::project(const float* measurements, std::size_t n, std::size_t p, const float* matrices,
                          std::size_t stride, float* to, std::uint32_t draws) {
  const float one = 1.0f;
  const float zero = 0.0f;
  const auto m = static_cast<int>(draws);
  const auto k = static_cast<int>(p);
  const CublasHandle& blas = cublas();
  check(blas.library().sgemm(blas.get(), CUBLAS_OP_T, CUBLAS_OP_N, m, static_cast<int>(n), k, &one, matrices,
                             static_cast<int>(stride), measurements, k, &zero, to, m),
        "projecting on the measurements");
}

void CudaBackend::wait() { check(cudaStreamSynchronize(stream_.get()), "drawing"); }

}  // namespace gnc
