#pragma once

#include <optional>

#include "host/engine/engine.hpp"
#include "kernels/cuda/cuda_fused_draws.hpp"
#include "kernels/cuda/cuda_weighed_draws.hpp"

namespace gnc {

/// Engine "cuda-fused": draws that never leave the registers of one thread of the current CUDA device, for
/// the shapes that are compiled (kernels/fused/fused_shapes.hpp); and hidden draws of estimator
/// `conditional`, of any shape, one thread each. To be made and used by one thread.
class CudaFusedEngine final : public Engine {
 public:
  static bool takes(const PreparedCell& cell) {
    return cell.conditional() != nullptr || CudaFusedDraws::takes(cell.view());
  }
  /// What its kernel for a cell that it takes takes of the device. Throws RunError.
  static KernelUse kernel_use(const PreparedCell& cell);

  std::string name() const override { return "cuda-fused"; }
  /// Also throws std::invalid_argument for a cell that it does not take.
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        std::size_t max_stored) override;

 private:
  std::optional<CudaFusedDraws> draws_;
  std::optional<CudaWeighedDraws> weighed_;
};

}  // namespace gnc
