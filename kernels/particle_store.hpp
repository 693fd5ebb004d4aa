#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/fixed_point.hpp"
#include "kernels/particles.hpp"
#include "kernels/philox_key.hpp"

namespace gnc {

// What is asked of some populations of a ParticleStore, each named by its number there. Particle p of step s
// takes its numbers from sample (s << 32) + p of stream `Splitting` of `key`.

struct ParticleDraw {
  std::uint32_t population = 0;
  PhiloxKey key;
  std::uint32_t step = 0;
};

struct LayerMove {
  std::uint32_t population = 0;
  PhiloxKey key;
  std::uint32_t step = 0;
  ParticleMove move;
  double level = 0.0;  ///< a move is accepted where the train loss there is below
};

/// Those of a population's particles whose train losses are below `level`.
struct ParticlesBelow {
  std::uint32_t population = 0;
  double level = 0.0;
};

/// Survivor i of a population, in the order of the particles, replaces the others, in their order: as many of
/// them as floor(((i + 1) dead + rotation) / survivors) - floor((i dead + rotation) / survivors).
struct ParticleRefill {
  std::uint32_t population = 0;
  std::uint64_t survivors = 0;  ///< as count_below said, at least one
  std::uint64_t rotation = 0;   ///< less than survivors
};

/// Order statistics of a population's train losses.
struct LossOrder {
  float least = 0.0f;
  float middle = 0.0f;  ///< loss number floor(n / 2) in ascending order, from 0
  float next = -1.0f;   ///< the least above the middle; -1 where there is none
};

/// Generalization losses of some particles.
struct GeneralizationSum {
  std::uint64_t count = 0;
  double sum = 0.0;
};

/// Number `rank`, from 0 and in ascending order, of some generalization losses.
struct GeneralizationRank {
  std::uint32_t population = 0;
  std::uint64_t rank = 0;
};

/// The particles of some populations of one cell (docs/methods.md, `splitting`) and all that is done with
/// them. Every call takes populations in ascending order and each once, and answers in the order asked. What
/// it does with one population does not depend on the others.
class ParticleStore {
 public:
  ParticleStore() = default;
  ParticleStore(const ParticleStore&) = delete;
  ParticleStore& operator=(const ParticleStore&) = delete;
  virtual ~ParticleStore() = default;

  /// Draws all particles from the prior and evaluates their train losses, infinite where they are not
  /// numbers.
  virtual void draw(std::span<const ParticleDraw> draws) = 0;

  virtual std::vector<LossOrder> order_losses(std::span<const std::uint32_t> populations) = 0;

  /// How many particles are below; `refill` of the same populations goes by that.
  virtual std::vector<std::uint64_t> count_below(std::span<const ParticlesBelow> below) = 0;
  virtual void refill(std::span<const ParticleRefill> refills) = 0;

  /// Moves each particle once; returns the numbers of accepted moves.
  virtual std::vector<std::uint64_t> move(std::span<const LayerMove> moves) = 0;

  /// Evaluates the generalization losses that the calls below speak of.
  virtual void generalize(std::span<const std::uint32_t> populations) = 0;
  /// Of all particles.
  virtual std::vector<LossSums> generalization(std::span<const std::uint32_t> populations) = 0;
  /// Of the particles below.
  virtual std::vector<GeneralizationSum> generalization_below(std::span<const ParticlesBelow> below) = 0;
  /// Of those that the last generalization_below counted; the same population may be asked for several times.
  virtual std::vector<float> generalization_at(std::span<const GeneralizationRank> ranks) = 0;

  /// Train losses of all particles of a population, which has been drawn or written.
  virtual void read_losses(std::uint32_t population, std::span<float> losses) = 0;
  /// Weights of particles first, first + 1, .. of a population, one particle after the other; whole
  /// particles, at most to the last. `first` is a multiple of kParticlesAtOnce.
  virtual void read_weights(std::uint32_t population, std::uint64_t first, std::span<float> weights) = 0;
  virtual void write_losses(std::uint32_t population, std::span<const float> losses) = 0;
  virtual void write_weights(std::uint32_t population, std::uint64_t first,
                             std::span<const float> weights) = 0;
};

/// A multiple of the particles of every store's blocks.
constexpr std::uint64_t kParticlesAtOnce = 64;

}  // namespace gnc
