#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "host/cuda/device_failure.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// Particles on a device whose failures are told to the user: every call throws RunError in place of
/// DeviceError, DeviceMemoryError where memory ran out.
class DeviceParticleStore final : public ParticleStore {
 public:
  /// `cell`, that of the particles, must stay valid as long as this object.
  DeviceParticleStore(std::unique_ptr<ParticleStore> particles, const CellView& cell)
      : particles_(std::move(particles)), cell_(cell) {}

  void draw(std::span<const ParticleDraw> draws) override {
    told([&] { particles_->draw(draws); });
  }
  std::vector<LossOrder> order_losses(std::span<const std::uint32_t> populations) override {
    return told([&] { return particles_->order_losses(populations); });
  }
  std::vector<std::uint64_t> count_below(std::span<const ParticlesBelow> below) override {
    return told([&] { return particles_->count_below(below); });
  }
  void refill(std::span<const ParticleRefill> refills) override {
    told([&] { particles_->refill(refills); });
  }
  std::vector<std::uint64_t> move(std::span<const LayerMove> moves) override {
    return told([&] { return particles_->move(moves); });
  }
  void generalize(std::span<const std::uint32_t> populations) override {
    told([&] { particles_->generalize(populations); });
  }
  std::vector<LossSums> generalization(std::span<const std::uint32_t> populations) override {
    return told([&] { return particles_->generalization(populations); });
  }
  std::vector<GeneralizationSum> generalization_below(std::span<const ParticlesBelow> below) override {
    return told([&] { return particles_->generalization_below(below); });
  }
  std::vector<float> generalization_at(std::span<const GeneralizationRank> ranks) override {
    return told([&] { return particles_->generalization_at(ranks); });
  }
  void read_losses(std::uint32_t population, std::span<float> losses) override {
    told([&] { particles_->read_losses(population, losses); });
  }
  void read_weights(std::uint32_t population, std::uint64_t first, std::span<float> weights) override {
    told([&] { particles_->read_weights(population, first, weights); });
  }
  void write_losses(std::uint32_t population, std::span<const float> losses) override {
    told([&] { particles_->write_losses(population, losses); });
  }
  void write_weights(std::uint32_t population, std::uint64_t first, std::span<const float> weights) override {
    told([&] { particles_->write_weights(population, first, weights); });
  }

 private:
  template <class Call>
  auto told(const Call& call) -> decltype(call()) {
    try {
      return call();
    } catch (const DeviceError& error) {
      throw_run_error(error, cell_, "population of particles");
    }
  }

  std::unique_ptr<ParticleStore> particles_;
  const CellView& cell_;
};

}  // namespace gnc
