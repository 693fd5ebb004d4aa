#if defined(GNC_KERNELS_WEIGHTS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_WEIGHTS_HPP
#undef GNC_KERNELS_WEIGHTS_HPP
#else
#define GNC_KERNELS_WEIGHTS_HPP
#endif

#include <cstdint>
#include <type_traits>

#include "kernels/cell_view.hpp"
#include "kernels/distributions.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"
#include "kernels/philox.hpp"

GNC_LANES_BEGIN

/// Random words of blocks block .. block + count - 1 into `to`, [entry][lane], as the bits of floats.
template <class L>
GNC_CALL void draw_words(const PhiloxSamples<L>& samples, std::uint32_t block, int count, float* to) {
  // Some blocks are prepared at a time, by scalar units that would idle, and reach the lanes through loads.
  constexpr int kAtOnce = std::is_same_v<typename L::Word, std::uint32_t> ? 1 : 16;
  PhiloxBlock prepared[kAtOnce];
  for (int from = 0; from < count; from += kAtOnce) {
    const int n = count - from < kAtOnce ? count - from : kAtOnce;
    for (int i = 0; i < n; ++i) prepared[i] = samples.prepare(block + static_cast<std::uint32_t>(from + i));
    for (int i = 0; i < n; ++i) {
      typename L::Word words[4];
      samples.words(prepared[i], words);
      float* at = to + 4 * (from + i) * L::size;
      GNC_UNROLL
      for (int w = 0; w < 4; ++w) L::store(L::as_real(words[w]), at + w * L::size);
    }
  }
}

/// Turns `count` entries of random words (a multiple of 4) into weights, in place.
template <class L, Prior kPrior>
GNC_CALL void weights_from_words(int count, float* entries) {
  if constexpr (kPrior == Prior::Gauss) {
    // box_muller in two loops, for chains of operations short enough that several turns are in flight.
    for (int i = 0; i < count; i += 2) {
      float* squared_radius = entries + i * L::size;
      L::store(L::neg_two_log_uniform(L::as_word(L::load(squared_radius))), squared_radius);
    }
    for (int i = 0; i < count; i += 2) {
      float* pair = entries + i * L::size;
      typename L::Real first, second;
      L::polar(L::load(pair), L::as_word(L::load(pair + L::size)), first, second);
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

/// A window on numbered weights of L::size networks, which `Source` makes as they are asked for:
/// - fill(first, count, to): weights first .. first + count - 1 in [entry][lane] layout; both are multiples
///   of 4, and what lies beyond the last weight is of no meaning;
/// - fill_rows(first, stride, rows, count, to): the same of rows that begin at first + i * stride, row i into
///   to[i * count ..].
template <class L, class Source>
class SourceWindow {
 public:
  static constexpr bool is_constant = false;  ///< whoever reads weights may change them

  /// `buffer` holds `capacity` entries of L::size floats, aligned for L; capacity is a multiple of 4, at
  /// least 8. `n_weights`: of a network. `in_order`: they are read from first to last.
  GNC_FN SourceWindow(const Source& source, std::int64_t n_weights, bool in_order, float* buffer,
                      int capacity)
      : source_(source), n_weights_(n_weights), in_order_(in_order), buffer_(buffer), capacity_(capacity) {}

  GNC_FN std::int64_t n_weights() const { return n_weights_; }
  GNC_FN int capacity() const { return capacity_; }

  /// Weights first .. first + count - 1 in [entry][lane] layout, valid until the next call; count <= capacity
  /// - 3. Reads ahead while there is room: to the last weight if they are read in order, else to weight
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
      source_.fill(begin + kept, missing, buffer_ + kept * L::size);
      begin_ = begin;
      end_ = begin + kept + missing;
    }
    return buffer_ + (first - begin_) * L::size;
  }

  /// Copies weights first .. first + count - 1.
  GNC_FN void copy(std::int64_t first, int count, float* to) {
    const int room = capacity() - 3;
    for (int done = 0; done < count; done += room) {
      const int part = count - done < room ? count - done : room;
      const float* from = read(first + done, part, first + count);
      for (int i = 0; i < part; ++i) L::store(L::load(from + i * L::size), to + (done + i) * L::size);
    }
  }

  /// Rows of a block of W_1 straight to where they are used: weights first + i * stride .. + count - 1 of row
  /// i into to[i * count ..]; first, stride and count are multiples of 4.
  GNC_FN void read_rows(std::int64_t first, std::int64_t stride, int rows, int count, float* to) const {
    source_.fill_rows(first, stride, rows, count, to);
  }

 protected:
  GNC_FN Source& source() { return source_; }
  /// What was read is of no use any more.
  GNC_FN void forget() { begin_ = end_ = 0; }

 private:
  Source source_;
  std::int64_t n_weights_;
  bool in_order_;
  float* buffer_;
  std::int64_t capacity_;
  std::int64_t begin_ = 0;  // weights in the buffer: begin_ .. end_ - 1, both multiples of 4
  std::int64_t end_ = 0;
};

/// Weights drawn from the prior: weight i of a draw (W_1, .., W_d in row-major order, one after the other) is
/// number i mod 4 of block i / 4 of its stream. Words are drawn first and turned into numbers in place after:
/// each loop is short enough for many of its independent turns to be in flight.
template <class L, Prior kPrior>
struct DrawnWeights {
  PhiloxSamples<L> samples;

  GNC_FN void fill(std::int64_t first, int count, float* to) const {
    draw_words<L>(samples, static_cast<std::uint32_t>(first / 4), count / 4, to);
    weights_from_words<L, kPrior>(count, to);
  }
  GNC_FN void fill_rows(std::int64_t first, std::int64_t stride, int rows, int count, float* to) const {
    for (int i = 0; i < rows; ++i) {
      draw_words<L>(samples, static_cast<std::uint32_t>((first + i * stride) / 4), count / 4,
                    to + i * count * L::size);
    }
    weights_from_words<L, kPrior>(rows * count, to);
  }
};

/// A window on the weights of `L::size` draws.
template <class L, Prior kPrior>
class WeightWindow : public SourceWindow<L, DrawnWeights<L, kPrior>> {
 public:
  /// See SourceWindow.
  GNC_FN WeightWindow(const CellView& cell, Stream stream, std::int64_t n_weights, bool in_order,
                      float* buffer, int capacity)
      : SourceWindow<L, DrawnWeights<L, kPrior>>({PhiloxSamples<L>(cell.key, stream)}, n_weights, in_order,
                                                 buffer, capacity) {}

  /// Draws first_sample .. first_sample + L::size - 1 from now on.
  GNC_FN void move_to(std::uint64_t first_sample) {
    this->source().samples.move_to(first_sample);
    this->forget();
  }
};

GNC_LANES_END

#endif
