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

/// A window, as `end_to_end` reads it, on the weights of L::size particles where they are, in [entry][lane]
/// layout, and on those of a part of them where they would move.
template <class L>
class ParticleWindow {
 public:
  static constexpr bool is_constant = true;

  GNC_FN explicit ParticleWindow(std::int64_t n_weights) : n_weights_(n_weights) {}

  /// The particles whose weights are at `weights` from now on, weights begin .. end - 1 at `moved`. No layer
  /// has weights of both.
  GNC_FN void move_to(const float* weights, std::int64_t begin = 0, std::int64_t end = 0,
                      const float* moved = nullptr) {
    weights_ = weights;
    moved_ = moved;
    begin_ = begin;
    end_ = end;
  }

  GNC_FN std::int64_t n_weights() const { return n_weights_; }
  /// As many as the index of a product's entry allows.
  GNC_FN int capacity() const { return 1 << 16; }
  GNC_FN const float* read(std::int64_t first, int /*count*/, std::int64_t /*limit*/) const {
    if (begin_ <= first && first < end_) return moved_ + (first - begin_) * L::size;
    return weights_ + first * L::size;
  }

 private:
  std::int64_t n_weights_;
  const float* weights_ = nullptr;
  const float* moved_ = nullptr;
  std::int64_t begin_ = 0, end_ = 0;
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
  // In pieces that a cache and an int hold.
  constexpr std::int64_t kPiece = 4096;
  for (std::int64_t first = 0; first < n_weights; first += kPiece) {
    const auto blocks = static_cast<int>(((n_weights - first < kPiece ? n_weights - first : kPiece) + 3) / 4);
    float* const piece = to + first * L::size;
    draw_words<L>(samples, static_cast<std::uint32_t>(first / 4), blocks, piece);
    weights_from_words<L, kPrior>(4 * blocks, piece);
  }
}

/// A weight after a move by the standard normal number xi.
template <class L, Prior kPrior>
GNC_FN typename L::Real moved_weight(const ParticleMove& move, typename L::Real w, typename L::Real xi) {
  if constexpr (kPrior == Prior::Gauss) {
    return L::fma(L::set(move.step), xi, L::set(move.keep) * w);
  } else {
    return reflected<L>(L::fma(L::set(move.step), xi, w));
  }
}

/// Source of a SourceWindow: where L::size particles are. Weight i of particle 0 is at from[i * kStride].
template <class L, int kStride>
struct StillWeights {
  std::int64_t n_weights;
  const float* from;

  GNC_FN void fill(std::int64_t first, int count, float* to) const {
    copy(first, first, first + count < n_weights ? first + count : n_weights, to);
  }
  GNC_FN void fill_rows(std::int64_t first, std::int64_t stride, int rows, int count, float* to) const {
    for (int i = 0; i < rows; ++i) fill(first + i * stride, count, to + i * count * L::size);
  }
  /// Weights 4 number .. 4 number + 3, 0 beyond the last.
  GNC_FN void block(std::uint32_t number, typename L::Real (&weights)[4]) const {
    const std::int64_t first = std::int64_t{4} * number;
    GNC_UNROLL
    for (int i = 0; i < 4; ++i) {
      weights[i] = first + i < n_weights ? L::load(from + (first + i) * kStride) : L::set(0.0f);
    }
  }
  /// Weights begin .. end - 1 to their places in a window that begins with weight `first`.
  GNC_FN void copy(std::int64_t first, std::int64_t begin, std::int64_t end, float* to) const {
    for (std::int64_t i = begin; i < end; ++i) {
      L::store(L::load(from + i * kStride), to + (i - first) * L::size);
    }
  }
};

/// The same where they would move: number i mod 4 of block i / 4 of `samples` moves weight i.
template <class L, Prior kPrior, int kStride>
struct MovedWeights {
  const PhiloxSamples<L>& samples;
  ParticleMove move;
  StillWeights<L, kStride> still;

  GNC_FN void fill(std::int64_t first, int count, float* to) const {
    const std::int64_t end = first + count < still.n_weights ? first + count : still.n_weights;
    const std::int64_t begin_moved = first < move.begin ? move.begin : first;
    const std::int64_t end_moved = end < move.end ? end : move.end;
    if (begin_moved >= end_moved) return still.copy(first, first, end, to);
    // Numbers come in whole blocks, into the places of the weights that they move.
    const std::int64_t begin_drawn = begin_moved / 4 * 4;
    still.copy(first, first, begin_drawn, to);
    const int drawn = static_cast<int>((end_moved - begin_drawn + 3) / 4 * 4);
    float* const numbers = to + (begin_drawn - first) * L::size;
    draw_words<L>(samples, static_cast<std::uint32_t>(begin_drawn / 4), drawn / 4, numbers);
    weights_from_words<L, Prior::Gauss>(drawn, numbers);
    still.copy(first, begin_drawn, begin_moved, to);
    for (std::int64_t i = begin_moved; i < end_moved; ++i) {
      float* const at = to + (i - first) * L::size;
      L::store(moved_weight<L, kPrior>(move, L::load(still.from + i * kStride), L::load(at)), at);
    }
    still.copy(first, end_moved, end, to);
  }
  GNC_FN void fill_rows(std::int64_t first, std::int64_t stride, int rows, int count, float* to) const {
    for (int i = 0; i < rows; ++i) fill(first + i * stride, count, to + i * count * L::size);
  }

  /// Weights 4 number .. 4 number + 3, 0 beyond the last.
  GNC_FN void block(std::uint32_t number, typename L::Real (&weights)[4]) const {
    still.block(number, weights);
    const std::int64_t first = std::int64_t{4} * number;
    if (first + 4 <= move.begin || move.end <= first) return;
    typename L::Word words[4];
    typename L::Real numbers[4];
    samples.block(number, words);
    weights_of_block<L, Prior::Gauss>(words, numbers);
    GNC_UNROLL
    for (int i = 0; i < 4; ++i) {
      if (move.begin <= first + i && first + i < move.end) {
        weights[i] = moved_weight<L, kPrior>(move, weights[i], numbers[i]);
      }
    }
  }
};

/// Train loss of each lane's end-to-end product as `end_to_end` gives it, exact where it is below bound /
/// n_train, else any value of at least that, or not a number.
template <class L>
GNC_FN typename L::Real product_train_loss(const CellView& cell, const float* product, float bound) {
  const auto factor = output_factor<L>(cell, product);
  return filtered_residual<L>(cell, product, factor, bound) / L::set(static_cast<float>(cell.n_train));
}

/// The same of the weights of `window`. Leaves the product in scratch.Y.
template <class L, Activation kActivation>
GNC_FN typename L::Real particle_train_loss(const CellView& cell, ParticleWindow<L>& window,
                                            const DrawScratch& scratch, float bound) {
  end_to_end<L, kActivation>(cell, window, scratch);
  return product_train_loss<L>(cell, scratch.Y, bound);
}

/// Weights `from`, [entry][lane], to `to` where `accepted`.
template <class L>
GNC_FN void accept_moves(typename L::Mask accepted, const float* from, std::int64_t count, float* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    float* const at = to + i * L::size;
    L::store(L::select(accepted, L::load(from + i * L::size), L::load(at)), at);
  }
}

/// A move of one particle comes true where it was read from, `to`.
template <Prior kPrior, int kStride, class L>
GNC_FN void accept_move(const MovedWeights<L, kPrior, kStride>& moved, float* to) {
  static_assert(L::size == 1);
  const ParticleMove& move = moved.move;
  for (std::int64_t first = move.begin / 4 * 4; first < move.end; first += 4) {
    typename L::Real weights[4];
    moved.block(static_cast<std::uint32_t>(first / 4), weights);
    GNC_UNROLL
    for (int i = 0; i < 4; ++i) {
      if (move.begin <= first + i && first + i < move.end) L::store(weights[i], to + (first + i) * kStride);
    }
  }
}

GNC_LANES_END

#endif
