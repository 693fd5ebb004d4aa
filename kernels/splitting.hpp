#if defined(GNC_KERNELS_SPLITTING_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_SPLITTING_HPP
#undef GNC_KERNELS_SPLITTING_HPP
#else
#define GNC_KERNELS_SPLITTING_HPP
#endif

#include <cstdint>

#include "kernels/cell_view.hpp"
#include "kernels/draw_scratch.hpp"
#include "kernels/end_to_end.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/losses.hpp"
#include "kernels/particles.hpp"
#include "kernels/weights.hpp"

GNC_LANES_BEGIN

/// A window, as `end_to_end` reads it, on weights in memory: those of L::size particles in [entry][lane]
/// layout.
template <class L>
class ParticleWindow {
 public:
  GNC_FN ParticleWindow(const CellView& cell, const DrawScratch& scratch)
      : n_weights_(gnc::n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth)),
        buffer_(scratch.window),
        capacity_(scratch.window_entries) {}

  /// The particles whose weights are at `weights` from now on; they are only read.
  GNC_FN void move_to(float* weights) {
    weights_ = weights;
    if (n_weights_ > capacity_) return;
    // A network that fits the window is activated in place there.
    for (int i = 0; i < static_cast<int>(n_weights_); ++i) {
      L::store(L::load(weights + i * L::size), buffer_ + i * L::size);
    }
    weights_ = buffer_;
  }

  GNC_FN std::int64_t n_weights() const { return n_weights_; }
  GNC_FN int capacity() const { return capacity_; }
  GNC_FN float* read(std::int64_t first, int /*count*/, std::int64_t /*limit*/) const {
    return weights_ + first * L::size;
  }
  GNC_FN void read_rows(std::int64_t first, std::int64_t stride, int rows, int count, float* to) const {
    for (int i = 0; i < rows; ++i) {
      const float* row = weights_ + (first + i * stride) * L::size;
      for (int j = 0; j < count; ++j) L::store(L::load(row + j * L::size), to + (i * count + j) * L::size);
    }
  }

 private:
  std::int64_t n_weights_;
  float* buffer_;
  int capacity_;
  float* weights_ = nullptr;
};

/// x reflected at -1 and 1 as often as it takes to lie between them; |x| at most 2^23.
template <class L>
GNC_FN typename L::Real reflected(typename L::Real x) {
  // The reflections have period 4; adding and subtracting rounds to a whole number of periods.
  const auto rounder = L::set(0x1.8p23f);
  const auto periods = L::fma(x, L::set(0.25f), rounder) - rounder;
  const auto within = L::fma(periods, L::set(-4.0f), x);
  const auto one = L::set(1.0f), minus_one = L::set(-1.0f);
  const auto low = L::select(L::less(within, minus_one), L::set(-2.0f) - within, within);
  return L::select(L::less(one, within), L::set(2.0f) - within, low);
}

/// Weights of L::size draws of the prior into `to`, [entry][lane]; room for a multiple of 4 entries.
template <class L, Prior kPrior>
GNC_FN void draw_particles(const PhiloxSamples<L>& samples, std::int64_t n_weights, float* to) {
  const int count = static_cast<int>((n_weights + 3) / 4 * 4);
  draw_words<L>(samples, 0, count / 4, to);
  weights_from_words<L, kPrior>(count, to);
}

/// Where L::size particles would move, into `to`, [entry][lane]. Weight i of particle 0 is from[i *
/// kParticleBlock]; number i mod 4 of block i / 4 of `samples` moves it. `noise` holds `capacity` entries, a
/// multiple of 4.
template <class L, Prior kPrior>
GNC_FN void propose(const PhiloxSamples<L>& samples, const ParticleMove& move, std::int64_t n_weights,
                    const float* from, float* noise, int capacity, float* to) {
  for (std::int64_t i = 0; i < move.begin; ++i) {
    L::store(L::load(from + i * kParticleBlock), to + i * L::size);
  }
  for (std::int64_t i = move.end; i < n_weights; ++i) {
    L::store(L::load(from + i * kParticleBlock), to + i * L::size);
  }
  const auto keep = L::set(move.keep);
  const auto step = L::set(move.step);
  for (std::int64_t first = move.begin / 4 * 4; first < move.end; first += capacity) {
    const std::int64_t end = first + capacity < move.end ? first + capacity : move.end;
    const int count = static_cast<int>((end - first + 3) / 4 * 4);
    draw_words<L>(samples, static_cast<std::uint32_t>(first / 4), count / 4, noise);
    weights_from_words<L, Prior::Gauss>(count, noise);
    for (std::int64_t i = first < move.begin ? move.begin : first; i < end; ++i) {
      const auto w = L::load(from + i * kParticleBlock);
      const auto xi = L::load(noise + (i - first) * L::size);
      if constexpr (kPrior == Prior::Gauss) {
        L::store(L::fma(step, xi, keep * w), to + i * L::size);
      } else {
        L::store(reflected<L>(L::fma(step, xi, w)), to + i * L::size);
      }
    }
  }
}

/// Train loss of each lane of `window`, exact where it is below bound / n_train, else any value of at least
/// that, or not a number. Leaves the product in scratch.Y.
template <class L, Activation kActivation>
GNC_FN typename L::Real particle_train_loss(const CellView& cell, ParticleWindow<L>& window,
                                            const DrawScratch& scratch, float bound) {
  end_to_end<L, kActivation>(cell, window, scratch);
  const auto factor = output_factor<L>(cell, scratch.Y);
  return filtered_residual<L>(cell, scratch.Y, factor, bound) / L::set(static_cast<float>(cell.n_train));
}

/// Weights `from`, [entry][lane], to particles at `to` where `accepted`; weights begin .. end - 1.
template <class L>
GNC_FN void accept_moves(typename L::Mask accepted, const float* from, std::int64_t begin, std::int64_t end,
                         float* to) {
  for (std::int64_t i = begin; i < end; ++i) {
    float* at = to + i * kParticleBlock;
    L::store(L::select(accepted, L::load(from + i * L::size), L::load(at)), at);
  }
}

GNC_LANES_END

#endif
