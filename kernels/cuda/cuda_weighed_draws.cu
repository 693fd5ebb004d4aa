#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/cuda_weighed_draws.hpp"
#include "kernels/weighted/weighed_draws.hpp"

namespace gnc {

struct CudaWeighedDraws::Draws : WeighedDraws<CudaBackend> {};

CudaWeighedDraws::CudaWeighedDraws() : draws_(std::make_unique<Draws>()) {}
CudaWeighedDraws::~CudaWeighedDraws() = default;

KernelUse CudaWeighedDraws::kernel_use(const CellView& cell) {
  KernelUse use;
  with_activation(cell.activation,
                  [&]<Activation kActivation>() { use = CudaBackend::use_of<WeighedDraw<kActivation>>(); });
  return use;
}

DrawTally CudaWeighedDraws::run(const CellView& cell, const ConditionalView& measurements,
                                std::uint64_t cell_id, std::span<const double> tolerances,
                                std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored) {
  return draws_->run(ConditionalCell{cell, measurements}, cell_id, tolerances, begin, end, max_stored);
}

}  // namespace gnc
