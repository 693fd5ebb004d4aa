#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/cuda_gemm_draws.hpp"
#include "kernels/gemm/gemm_draws.hpp"

namespace gnc {

struct CudaGemmDraws::Draws : GemmDraws<CudaBackend> {};

CudaGemmDraws::CudaGemmDraws() : draws_(std::make_unique<Draws>()) {}
CudaGemmDraws::~CudaGemmDraws() = default;

DrawTally CudaGemmDraws::run(const CellView& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                             std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored) {
  return draws_->run(cell, cell_id, tolerances, begin, end, max_stored);
}

std::uint32_t CudaGemmDraws::batch_draws() const { return draws_->batch_draws(); }

}  // namespace gnc
