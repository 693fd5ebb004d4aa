#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/cuda_fused_draws.hpp"
#include "kernels/fused/fused_draws.hpp"

namespace gnc {

struct CudaFusedDraws::Draws : FusedDraws<CudaBackend> {};

CudaFusedDraws::CudaFusedDraws() : draws_(std::make_unique<Draws>()) {}
CudaFusedDraws::~CudaFusedDraws() = default;

bool CudaFusedDraws::takes(const CellView& cell) { return fused_takes(cell); }

KernelUse CudaFusedDraws::kernel_use(const CellView& cell) {
  KernelUse use;
  with_fused_model(cell, [&]<class Shape, Activation kActivation, Prior kPrior>() {
    use = CudaBackend::use_of<FusedDraw<Shape, kActivation, kPrior>>();
  });
  return use;
}

DrawTally CudaFusedDraws::run(const CellView& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                              std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored) {
  return draws_->run(cell, cell_id, tolerances, begin, end, max_stored);
}

}  // namespace gnc
