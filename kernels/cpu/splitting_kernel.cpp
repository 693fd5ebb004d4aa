#include "kernels/cpu/splitting_kernel.hpp"

#include <bit>
#include <cmath>

#include "kernels/cpu/simd_selection.hpp"
#include "kernels/level_bounds.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/splitting_kernel.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "hwy/highway.h"
#include "kernels/cpu/draw_scratch-inl.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/splitting.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

using L = SimdLanes;
static_assert(kParticleBlock % L::size == 0);

/// Working memory of L::size particles.
struct ParticleScratch {
  DrawScratch draws;
  float* moved = nullptr;  ///< weights that move, [entry][lane], and up to 3 on either side
  std::int64_t n_weights = 0;

  /// Places everything from `memory` on; returns the number of floats.
  std::size_t place(const CellView& cell, float* memory) {
    n_weights = gnc::n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth);
    const std::size_t used = (draw_scratch_floats(cell) + 15) / 16 * 16;
    draws = place_draw_scratch(cell, memory);
    // Without an activation W_1 is read where it is, all at once.
    if (cell.activation == Activation::Linear && is_first_layer_plain<Activation::Linear>(cell)) {
      draws.hidden_tile = cell.width;
    }
    moved = memory + used;
    return used + static_cast<std::size_t>(n_weights + 8) * static_cast<std::size_t>(L::size);
  }

  /// Weights of the lane group that starts at particle `first`.
  float* at(const Particles& particles, std::uint64_t first) const {
    return particles.weights + first * static_cast<std::uint64_t>(n_weights);
  }
};

std::size_t particle_scratch_on_target(const CellView& cell) {
  return ParticleScratch().place(cell, nullptr);
}

ParticleScratch particle_scratch(const CellView& cell, float* memory) {
  ParticleScratch scratch;
  scratch.place(cell, memory);
  return scratch;
}

int particle_lanes_on_target() { return L::size; }

constexpr std::uint64_t sample_of(std::uint32_t step, std::uint64_t particle) {
  return static_cast<std::uint64_t>(step) << 32 | particle;
}

template <Activation kActivation, Prior kPrior>
void draw_all(const CellView& cell, PhiloxKey key, std::uint32_t step, const Particles& particles,
              const ParticleScratch& scratch) {
  PhiloxSamples<L> samples(key, Stream::Splitting);
  ParticleWindow<L> window(scratch.n_weights);
  const auto infinite = L::set(HUGE_VALF);
  for (std::uint64_t first = 0; first < particles.count; first += L::size) {
    samples.move_to(sample_of(step, first));
    float* const at = scratch.at(particles, first);
    draw_particles<L, kPrior>(samples, scratch.n_weights, at);
    window.move_to(at);
    const auto loss = particle_train_loss<L, kActivation>(cell, window, scratch.draws, HUGE_VALF);
    L::store(L::select(L::less(loss, infinite), loss, infinite), particles.losses + first);
  }
}

void draw_particles_on_target(const CellView& cell, PhiloxKey key, std::uint32_t step,
                              const Particles& particles, float* memory) {
  const ParticleScratch scratch = particle_scratch(cell, memory);
  with_activation(cell.activation, [&]<Activation kActivation>() {
    with_prior(cell.prior,
               [&]<Prior kPrior>() { draw_all<kActivation, kPrior>(cell, key, step, particles, scratch); });
  });
}

/// The hidden layers of L::size particles that are kept from one move to the next.
template <Activation kActivation>
class KeptLayers {
 public:
  /// `window`: the weights of the layers to compute.
  KeptLayers(const CellView& cell, const Particles& particles, std::uint64_t first, ParticleWindow<L>& window)
      : cell_(cell),
        window_(window),
        entries_(cell.n_rows * cell.width),
        memory_(particles.hidden == nullptr
                    ? nullptr
                    : particles.hidden + 2 * first * static_cast<std::uint64_t>(entries_)) {}

  const float* layer(int number) const {
    const bool is_weights = number == 1 && is_first_layer_plain<kActivation>(cell_);
    return is_weights ? first_weights() : place(number);
  }
  /// Computes layer `number` from the one before it, which is there.
  void add(int number) const {
    if (number > 1) {
      next_hidden_layer<L, kActivation>(cell_, window_, number, layer(number - 1), place(number));
    } else if (!is_first_layer_plain<kActivation>(cell_)) {
      activate_layer<L, kActivation>(cell_, first_weights(), place(1), entries_);
    }
  }

 private:
  float* place(int number) const { return memory_ + number % 2 * entries_ * L::size; }
  const float* first_weights() const { return window_.read(0, entries_, entries_); }

  const CellView& cell_;
  ParticleWindow<L>& window_;
  int entries_;
  float* memory_;
};

/// The layer whose weights begin with weight `begin`.
int layer_at(const CellView& cell, std::int64_t begin) {
  int layer = 1;
  while (layer < cell.depth && layer_offset(cell.n_rows, cell.width, layer) != begin) ++layer;
  return layer;
}

template <Activation kActivation, Prior kPrior>
std::uint64_t move_all(const CellView& cell, PhiloxKey key, std::uint32_t step, const ParticleMove& move,
                       float level, float bound, Particles& particles, const ParticleScratch& scratch) {
  PhiloxSamples<L> samples(key, Stream::Splitting);
  ParticleWindow<L> window(scratch.n_weights);
  const int layer = layer_at(cell, move.begin);
  const int before = particles.hidden == nullptr ? 0 : layer - 1;
  const bool keeps = particles.hidden != nullptr && layer < cell.depth;
  const int known = particles.hidden_layer == before ? before : 0;
  constexpr int kAtOnce = 256;
  // Numbers come in whole blocks.
  const std::int64_t begin_drawn = move.begin / 4 * 4;
  const float* const moved = scratch.moved + (move.begin - begin_drawn) * L::size;
  std::uint64_t accepted = 0;
  for (std::uint64_t first = 0; first < particles.count; first += L::size) {
    samples.move_to(sample_of(step, first));
    float* const at = scratch.at(particles, first);
    const MovedWeights<L, kPrior, L::size> source{samples, move, {scratch.n_weights, at}};
    for (std::int64_t i = begin_drawn; i < move.end; i += kAtOnce) {
      const std::int64_t left = move.end - i;
      source.fill(i, left < kAtOnce ? static_cast<int>((left + 3) / 4 * 4) : kAtOnce,
                  scratch.moved + (i - begin_drawn) * L::size);
    }
    window.move_to(at, move.begin, move.end, moved);
    const KeptLayers<kActivation> kept(cell, particles, first, window);
    for (int number = known + 1; number <= before; ++number) kept.add(number);
    if (before == 0) {
      end_to_end<L, kActivation>(cell, window, scratch.draws);
    } else {
      end_to_end_after<L, kActivation>(cell, window, before, kept.layer(before), scratch.draws);
    }
    const auto loss = product_train_loss<L>(cell, scratch.draws.Y, bound);
    const auto below = L::less(loss, L::set(level));
    if (std::uint64_t bits = L::bits(below); bits != 0) {
      accept_moves<L>(below, moved, move.end - move.begin, at + move.begin * L::size);
      float* losses = particles.losses + first;
      L::store(L::select(below, loss, L::load(losses)), losses);
      const std::uint64_t left = particles.count - first;
      if (left < L::size) bits &= (std::uint64_t{1} << left) - 1;
      accepted += static_cast<std::uint64_t>(std::popcount(bits));
    }
    if (keeps) {
      window.move_to(at);
      kept.add(layer);
    }
  }
  particles.hidden_layer = keeps ? layer : 0;
  return accepted;
}

std::uint64_t move_particles_on_target(const CellView& cell, PhiloxKey key, std::uint32_t step,
                                       const ParticleMove& move, float level, float bound,
                                       Particles& particles, float* memory) {
  const ParticleScratch scratch = particle_scratch(cell, memory);
  return with_activation(cell.activation, [&]<Activation kActivation>() {
    return with_prior(cell.prior, [&]<Prior kPrior>() {
      return move_all<kActivation, kPrior>(cell, key, step, move, level, bound, particles, scratch);
    });
  });
}

template <Activation kActivation>
void generalize_all(const CellView& cell, const Particles& particles, float* to,
                    const ParticleScratch& scratch) {
  ParticleWindow<L> window(scratch.n_weights);
  for (std::uint64_t first = 0; first < particles.count; first += L::size) {
    window.move_to(scratch.at(particles, first));
    end_to_end<L, kActivation>(cell, window, scratch.draws);
    const auto factor = output_factor<L>(cell, scratch.draws.Y);
    L::store(generalization_loss<L>(cell, scratch.draws.Y, factor), to + first);
  }
}

void generalization_losses_on_target(const CellView& cell, const Particles& particles, float* to,
                                     float* memory) {
  const ParticleScratch scratch = particle_scratch(cell, memory);
  with_activation(cell.activation, [&]<Activation kActivation>() {
    generalize_all<kActivation>(cell, particles, to, scratch);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace gnc {

HWY_EXPORT(particle_scratch_on_target);
HWY_EXPORT(particle_lanes_on_target);
HWY_EXPORT(draw_particles_on_target);
HWY_EXPORT(move_particles_on_target);
HWY_EXPORT(generalization_losses_on_target);

namespace {

float* reserve_scratch(const CellView& cell, ScratchMemory& memory) {
  return memory.reserve(HWY_DYNAMIC_DISPATCH(particle_scratch_on_target)(cell));
}

}  // namespace

std::int64_t hidden_entries(const CellView& cell) {
  // Of the d (d - 2) products of hidden layers in moves of all d layers, (d - 2)(d - 3) / 2 are saved: none
  // at depth 3, too few at depth 4 to pay for the memory that they go through.
  return cell.depth < 5 ? 0 : std::int64_t{2} * cell.n_rows * cell.width;
}

int particle_lanes() { return HWY_DYNAMIC_DISPATCH(particle_lanes_on_target)(); }

void draw_particles(const CellView& cell, PhiloxKey key, std::uint32_t step, Particles& particles,
                    ScratchMemory& memory) {
  particles.hidden_layer = 0;
  HWY_DYNAMIC_DISPATCH(draw_particles_on_target)(cell, key, step, particles, reserve_scratch(cell, memory));
}

std::uint64_t move_particles(const CellView& cell, PhiloxKey key, std::uint32_t step,
                             const ParticleMove& move, double level, Particles& particles,
                             ScratchMemory& memory) {
  return HWY_DYNAMIC_DISPATCH(move_particles_on_target)(cell, key, step, move, float_not_below(level),
                                                        residual_bound(level, cell.n_train), particles,
                                                        reserve_scratch(cell, memory));
}

void generalization_losses(const CellView& cell, const Particles& particles, float* to,
                           ScratchMemory& memory) {
  HWY_DYNAMIC_DISPATCH(generalization_losses_on_target)(cell, particles, to, reserve_scratch(cell, memory));
}

}  // namespace gnc
#endif
