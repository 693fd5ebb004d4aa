#pragma once

#include <optional>

#include "host/engine/engine.hpp"
#include "kernels/cuda/cuda_gemm_draws.hpp"
#include "kernels/cuda/devices.hpp"
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
  /// Seconds that a draw takes at the least: its batches exceed every cache, so that each weight goes to the
  /// device's memory and comes back. 0 where the memory's speed is not known.
  static double least_seconds(const PreparedCell& cell, const CudaDevice& device);

  std::string name() const override { return "cuda-gemm"; }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override;
  std::uint64_t batch_draws() const override { return draws_ ? draws_->batch_draws() : 1; }

 private:
  std::optional<CudaGemmDraws> draws_;
};

}  // namespace gnc
