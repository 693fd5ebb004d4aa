#pragma once

#include <memory>
#include <vector>

#include "kernels/cell_view.hpp"
#include "kernels/cpu/scratch_memory.hpp"
#include "kernels/particle_store.hpp"
#include "kernels/particles.hpp"

namespace gnc {

/// Particles in the memory of the host, moved by the calling thread on SIMD lanes. Their memory, and that
/// of hidden layers where kPopulationBytes hold both, is taken when they are drawn or written; std::bad_alloc
/// where there is none.
class CpuParticles final : public ParticleStore {
 public:
  /// `cell` must stay valid as long as this object. `count`: particles of a population.
  CpuParticles(const CellView& cell, std::uint32_t populations, std::uint64_t count);

  void draw(std::span<const ParticleDraw> draws) override;
  std::vector<LossOrder> order_losses(std::span<const std::uint32_t> populations) override;
  std::vector<std::uint64_t> count_below(std::span<const ParticlesBelow> below) override;
  void refill(std::span<const ParticleRefill> refills) override;
  std::vector<std::uint64_t> move(std::span<const LayerMove> moves) override;
  void generalize(std::span<const std::uint32_t> populations) override;
  std::vector<LossSums> generalization(std::span<const std::uint32_t> populations) override;
  std::vector<GeneralizationSum> generalization_below(std::span<const ParticlesBelow> below) override;
  std::vector<float> generalization_at(std::span<const GeneralizationRank> ranks) override;
  void read_losses(std::uint32_t population, std::span<float> losses) override;
  void read_weights(std::uint32_t population, std::uint64_t first, std::span<float> weights) override;
  void write_losses(std::uint32_t population, std::span<const float> losses) override;
  void write_weights(std::uint32_t population, std::uint64_t first, std::span<const float> weights) override;

 private:
  struct Population {
    ScratchMemory weight_memory, loss_memory, gen_memory, hidden_memory;
    Particles particles;
    float* gen_losses = nullptr;
    std::vector<bool> survived;       // as of count_below
    std::vector<float> sorted_below;  // generalization losses, as of generalization_below
  };

  void allocate(Population& population);
  std::size_t weight_at(std::uint64_t particle) const;
  void refill(Population& population, const ParticleRefill& refill);

  const CellView& cell_;
  std::uint64_t count_;
  std::int64_t n_weights_;
  std::int64_t lanes_;  // particles whose weights lie side by side
  std::vector<Population> populations_;
  ScratchMemory scratch_;
};

}  // namespace gnc
