#include "kernels/conditional/conditional_batch.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/cuda_conditional_draws.hpp"

namespace gnc {

struct CudaConditionalDraws::Draws : BatchedConditionalDraws<CudaBackend> {};

CudaConditionalDraws::CudaConditionalDraws() : draws_(std::make_unique<Draws>()) {}
CudaConditionalDraws::~CudaConditionalDraws() = default;

KernelUse CudaConditionalDraws::kernel_use(const CellView& cell) {
  KernelUse use;
  with_activation(cell.activation, [&]<Activation kActivation>() {
    use = CudaBackend::use_of<ConditionalDraw<kActivation>>();
  });
  return use;
}

DrawTally CudaConditionalDraws::run(const CellView& cell, const ConditionalView& measurements,
                                    std::uint64_t cell_id, std::span<const double> tolerances,
                                    std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored) {
  return draws_->run(ConditionalCell{cell, measurements}, cell_id, tolerances, begin, end, max_stored);
}

}  // namespace gnc
