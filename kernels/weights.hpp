#if defined(GNC_KERNELS_WEIGHTS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_WEIGHTS_HPP
#undef GNC_KERNELS_WEIGHTS_HPP
#else
#define GNC_KERNELS_WEIGHTS_HPP
#endif

#include <cstdint>

#include "kernels/distributions.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"
#include "kernels/philox.hpp"

GNC_LANES_BEGIN

/// Weights 4 * block .. 4 * (block + count) - 1 of the samples' draws into `to`, [entry][lane].
/// Words first, numbers in place after: each loop is short enough for many of its independent turns to be in flight.
template <class L, Prior kPrior>
GNC_FN void draw_blocks(const PhiloxSamples<L>& samples, std::uint32_t block, int count, float* to) {
  for (int i = 0; i < count; ++i) {
    typename L::Word words[4];
    samples.block(block + static_cast<std::uint32_t>(i), words);
    GNC_UNROLL
    for (int w = 0; w < 4; ++w) L::store(L::as_real(words[w]), to + (4 * i + w) * L::size);
  }
  if constexpr (kPrior == Prior::Gauss) {
    for (int i = 0; i < 4 * count; i += 2) {
      typename L::Real first, second;
      box_muller<L>(L::as_word(L::load(to + i * L::size)), L::as_word(L::load(to + (i + 1) * L::size)), first, second);
      L::store(first, to + i * L::size);
      L::store(second, to + (i + 1) * L::size);
    }
  } else {
    for (int i = 0; i < 4 * count; ++i) {
      L::store(symmetric_uniform<L>(L::as_word(L::load(to + i * L::size))), to + i * L::size);
    }
  }
}

/// A window on the weights of `L::size` draws. Weight i of a draw (W_1, .., W_d in row-major order, one after
/// the other) is number i mod 4 of block i / 4 of stream `Draws`.
template <class L, Prior kPrior>
class WeightWindow {
 public:
  /// `buffer` holds `capacity` entries of L::size floats, aligned for L; capacity is a multiple of 4 and at
  /// least 8.
  GNC_FN WeightWindow(PhiloxKey key, std::uint64_t first_sample, std::int64_t n_weights, float* buffer,
                      int capacity)
      : samples_(key, Stream::Draws, first_sample),
        n_weights_(n_weights),
        buffer_(buffer),
        capacity_(capacity) {}

  /// Weights first .. first + count - 1 in [entry][lane] layout, valid until the next call; count <= capacity
  /// - 3. Draws ahead while the window has room, for readers that go through the weights in order.
  GNC_FN const float* sequential(std::int64_t first, int count) { return window(first, count, capacity_); }

  /// The same without drawing ahead, for readers that jump.
  GNC_FN const float* segment(std::int64_t first, int count) { return window(first, count, 0); }

 private:
  GNC_FN const float* window(std::int64_t first, int count, int ahead) {
    const bool inside = begin_ <= first && first < end_;
    if (!inside || first + count > end_) {
      const std::int64_t begin = first / 4 * 4;
      const std::int64_t kept = inside ? end_ - begin : 0;
      for (std::int64_t i = 0; i < kept; ++i) {
        L::store(L::load(buffer_ + (begin - begin_ + i) * L::size), buffer_ + i * L::size);
      }
      std::int64_t end = begin + ahead;
      if (end > n_weights_) end = n_weights_;
      if (end < first + count) end = first + count;
      const std::int64_t missing = begin + kept;
      draw_blocks<L, kPrior>(samples_, static_cast<std::uint32_t>(missing / 4), static_cast<int>((end - missing + 3) / 4),
                             buffer_ + kept * L::size);
      begin_ = begin;
      end_ = (end + 3) / 4 * 4;
    }
    return buffer_ + (first - begin_) * L::size;
  }

  PhiloxSamples<L> samples_;
  std::int64_t n_weights_;
  float* buffer_;
  std::int64_t capacity_;
  std::int64_t begin_ = 0;  // weights in the buffer: begin_ .. end_ - 1, both multiples of 4
  std::int64_t end_ = 0;
};

GNC_LANES_END

#endif
