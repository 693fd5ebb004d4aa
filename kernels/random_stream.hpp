#pragma once

#include <cstdint>

#include "kernels/distributions.hpp"
#include "kernels/philox.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// The random numbers of one sample of a stream, one after the other, on the host.
/// Words come in counter order; a normal number takes the next of a block's four, so `normal` and `uniform`
/// each use one word's place.
class RandomStream {
 public:
  RandomStream(PhiloxKey key, Stream stream, std::uint64_t sample = 0) : samples_(key, stream, sample) {}

  /// Next 32-bit word.
  std::uint32_t word() {
    const int at = advance();
    return words_[at];
  }

  /// Next uniform number in (0, 1].
  float uniform() { return plain::uniform_from_word<plain::ScalarLanes>(word()); }

  /// Next standard normal number: entry i of the stream is the Box-Muller image of the pair of words it lies
  /// in.
  float normal() {
    const int at = advance();
    const int pair = at & ~1;
    float sine_part, cosine_part;
    plain::box_muller<plain::ScalarLanes>(words_[pair], words_[pair + 1], sine_part, cosine_part);
    return at == pair ? sine_part : cosine_part;
  }

 private:
  int advance() {
    const int at = static_cast<int>(position_ % 4);
    if (at == 0) samples_.block(static_cast<std::uint32_t>(position_ / 4), words_);
    ++position_;
    return at;
  }

  plain::PhiloxSamples<plain::ScalarLanes> samples_;
  std::uint64_t position_ = 0;
  std::uint32_t words_[4] = {};
};

}  // namespace gnc
