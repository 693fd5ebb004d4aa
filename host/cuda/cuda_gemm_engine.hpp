#pragma once

#include "host/engine/engine.hpp"
#include "kernels/cuda/cuda_gemm_draws.hpp"
#include "kernels/draw_form.hpp"

namespace gnc {

/// Engine "cuda-gemm": every shape of draw law `factors`, by batched matrix products on the current CUDA
/// device. To be made and used by one thread.
class CudaGemmEngine final : public Engine {
 public:
  /// Whether it draws the cell: not in the forms of draw law `product`, and not for estimators `conditional`
  /// and `splitting`.
  static bool takes(const PreparedCell& cell) {
    return cell.conditional() == nullptr && cell.estimator() != Estimator::Splitting &&
           draw_form(cell.view()) == DrawForm::Factors;
  }

  std::string name() const override { return "cuda-gemm"; }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override;

 private:
  CudaGemmDraws draws_;
};

}  // namespace gnc
