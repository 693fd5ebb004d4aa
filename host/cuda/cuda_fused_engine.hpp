#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "host/engine/engine.hpp"
#include "kernels/cuda/cuda_conditional_draws.hpp"
#include "kernels/cuda/cuda_fused_draws.hpp"

namespace gnc {

/// Engine "cuda-fused": draws that never leave one thread of the current CUDA device, for
/// the shapes that are compiled (kernels/fused/fused_shapes.hpp); hidden draws of estimator `conditional`, of
/// any shape, one thread each; and particles of estimator `splitting`, for the shapes of
/// kernels/batched/particle_shapes.hpp. To be made and used by one thread.
class CudaFusedEngine final : public Engine {
 public:
  static bool takes(const PreparedCell& cell);
  /// What its kernel for a cell that it takes takes of the device. Throws RunError.
  static KernelUse kernel_use(const PreparedCell& cell);

  std::string name() const override { return "cuda-fused"; }
  /// Also throws std::invalid_argument for a cell that it does not take.
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override;
  /// Of a cell of estimator `splitting` that it takes.
  std::unique_ptr<ParticleStore> particles(const PreparedCell& cell, std::uint32_t populations,
                                           std::uint64_t count) override;
  std::uint32_t populations_at_once(const PreparedCell& cell, std::uint64_t count) override;

 private:
  std::optional<CudaFusedDraws> draws_;
  std::optional<CudaConditionalDraws> conditional_;
};

}  // namespace gnc
