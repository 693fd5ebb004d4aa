#pragma once

#include <cstdint>

#include "kernels/distributions.hpp"
#include "kernels/philox.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// The weights of one draw, a block of four at a time.
template <Prior kPrior>
class DrawnBlocks {
 public:
  GNC_FN DrawnBlocks(PhiloxKey key, std::uint64_t draw, Stream stream = Stream::Draws)
      : samples_(key, stream, draw) {}

  /// Weights 4 number .. 4 number + 3.
  GNC_FN void block(std::uint32_t number, float (&weights)[4]) const {
    std::uint32_t words[4];
    samples_.block(number, words);
    plain::weights_of_block<plain::ScalarLanes, kPrior>(words, weights);
  }

 private:
  plain::PhiloxSamples<plain::ScalarLanes> samples_;
};

/// Weights out of registers: whole blocks of four, as `Blocks` makes them, or one weight after the other.
template <class Blocks>
class BlockReader : public Blocks {
 public:
  using Blocks::Blocks;
  GNC_FN explicit BlockReader(const Blocks& blocks) : Blocks(blocks) {}

  /// use(i, w) for the next kCount weights, i from 0. kPlace is the first one's place in its block, which
  /// must be where the last call ended: only then are all places known to the compiler, and the block stays
  /// in registers.
  template <int kPlace, int kCount, class Use>
  GNC_FN void read(const Use& use) {
    GNC_UNROLL
    for (int i = 0; i < kCount; ++i) {
      if ((kPlace + i) % 4 == 0) this->block(next_++, block_);
      use(i, block_[(kPlace + i) % 4]);
    }
  }

 private:
  std::uint32_t next_ = 0;
  float block_[4] = {};
};

template <Prior kPrior>
using WeightReader = BlockReader<DrawnBlocks<kPrior>>;

}  // namespace gnc
