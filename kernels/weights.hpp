#if defined(GNC_KERNELS_WEIGHTS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_WEIGHTS_HPP
#undef GNC_KERNELS_WEIGHTS_HPP
#else
#define GNC_KERNELS_WEIGHTS_HPP
#endif

#include <cstdint>

#include "kernels/cell_view.hpp"
#include "kernels/distributions.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"
#include "kernels/philox.hpp"

GNC_LANES_BEGIN

/// Blocks of words computed side by side, to have enough independent products in flight.
constexpr int kBlocksAtOnce = 2;

template <class L, int kBlocks>
GNC_FN void draw_words(const PhiloxSamples<L>& samples, std::uint32_t block, float* to) {
  typename L::Word words[kBlocks][4];
  samples.template blocks<kBlocks>(block, words);
  GNC_UNROLL
  for (int w = 0; w < 4 * kBlocks; ++w) L::store(L::as_real(words[w / 4][w % 4]), to + w * L::size);
}

/// Random words of blocks block .. block + count - 1 into `to`, [entry][lane], as the bits of floats.
template <class L>
GNC_FN void draw_words(const PhiloxSamples<L>& samples, std::uint32_t block, int count, float* to) {
  int i = 0;
  for (; i + kBlocksAtOnce <= count; i += kBlocksAtOnce) {
    draw_words<L, kBlocksAtOnce>(samples, block + static_cast<std::uint32_t>(i), to + 4 * i * L::size);
  }
  for (; i < count; ++i)
    draw_words<L, 1>(samples, block + static_cast<std::uint32_t>(i), to + 4 * i * L::size);
}

/// Turns `count` entries of random words (a multiple of 4) into weights, in place.
template <class L, Prior kPrior>
GNC_FN void weights_from_words(int count, float* entries) {
  if constexpr (kPrior == Prior::Gauss) {
    for (int i = 0; i < count; i += 2) {
      float* pair = entries + i * L::size;
      typename L::Real first, second;
      box_muller<L>(L::as_word(L::load(pair)), L::as_word(L::load(pair + L::size)), first, second);
      L::store(first, pair);
      L::store(second, pair + L::size);
    }
  } else {
    for (int i = 0; i < count; ++i) {
      float* entry = entries + i * L::size;
      L::store(symmetric_uniform<L>(L::as_word(L::load(entry))), entry);
    }
  }
}

/// A window on the weights of `L::size` draws. Weight i of a draw (W_1, .., W_d in row-major order, one after
/// the other) is number i mod 4 of block i / 4 of stream `Draws`.
/// Words are drawn first and turned into numbers in place after: each loop is short enough for many of its
/// independent turns to be in flight.
template <class L, Prior kPrior>
class WeightWindow {
 public:
  /// `buffer` holds `capacity` entries of L::size floats, aligned for L; capacity is a multiple of 4, at
  /// least 8. `in_order`: the weights are read from first to last.
  GNC_FN WeightWindow(const CellView& cell, std::uint64_t first_sample, bool in_order, float* buffer,
                      int capacity)
      : samples_(cell.key, Stream::Draws, first_sample),
        n_weights_(gnc::n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth)),
        in_order_(in_order),
        buffer_(buffer),
        capacity_(capacity) {}

  GNC_FN std::int64_t n_weights() const { return n_weights_; }
  GNC_FN int capacity() const { return capacity_; }

  /// Weights first .. first + count - 1 in [entry][lane] layout, valid until the next call; count <= capacity
  /// - 3. Draws ahead while there is room: to the last weight if they are read in order, else to weight
  /// `limit`.
  GNC_FN float* read(std::int64_t first, int count, std::int64_t limit) {
    if (in_order_) limit = n_weights_;
    const bool inside = begin_ <= first && first < end_;
    if (!inside || first + count > end_) {
      const std::int64_t begin = first / 4 * 4;
      const int kept = inside ? static_cast<int>(end_ - begin) : 0;
      for (int i = 0; i < kept; ++i) {
        L::store(L::load(buffer_ + (begin - begin_ + i) * L::size), buffer_ + i * L::size);
      }
      const std::int64_t end = begin + capacity_ < limit ? begin + capacity_ : limit;
      const int missing = static_cast<int>((end - begin - kept + 3) / 4 * 4);
      draw_words<L>(samples_, static_cast<std::uint32_t>((begin + kept) / 4), missing / 4,
                    buffer_ + kept * L::size);
      weights_from_words<L, kPrior>(missing, buffer_ + kept * L::size);
      begin_ = begin;
      end_ = begin + kept + missing;
    }
    return buffer_ + (first - begin_) * L::size;
  }

  /// Rows of a block of W_1 straight to where they are used: weights first + i * stride .. + count - 1 of row
  /// i into to[i * count ..]; first, stride and count are multiples of 4.
  GNC_FN void read_rows(std::int64_t first, std::int64_t stride, int rows, int count, float* to) const {
    for (int i = 0; i < rows; ++i) {
      draw_words<L>(samples_, static_cast<std::uint32_t>((first + i * stride) / 4), count / 4,
                    to + i * count * L::size);
    }
    weights_from_words<L, kPrior>(rows * count, to);
  }

 private:
  PhiloxSamples<L> samples_;
  std::int64_t n_weights_;
  bool in_order_;
  float* buffer_;
  std::int64_t capacity_;
  std::int64_t begin_ = 0;  // weights in the buffer: begin_ .. end_ - 1, both multiples of 4
  std::int64_t end_ = 0;
};

GNC_LANES_END

#endif
