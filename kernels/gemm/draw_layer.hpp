#pragma once

#include <cstdint>

#include "kernels/activation.hpp"
#include "kernels/distributions.hpp"
#include "kernels/gemm/random_words.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// Draws the weights of one layer for a batch of draws, four of them, a block, per index.
///
/// Weight i of a draw is number i mod 4 of block i / 4, so a layer begins somewhere within its first block
/// and ends within its last one; whole blocks are drawn. `to` is batch x (4 blocks), aligned to 16 bytes. The
/// first layer is activated at once, Y_1 = act(hidden_scale W_1): nothing else reads W_1.
template <Prior kPrior, Activation kActivation, bool kActivated>
struct DrawLayer {
  PhiloxKey key;
  std::uint64_t first_draw;   ///< draw index of row 0
  std::uint32_t first_block;  ///< block that the layer begins in
  std::uint32_t blocks;       ///< per draw
  float hidden_scale;
  float negative_slope;
  float* to;

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const std::uint32_t row = i / blocks;
    std::uint32_t words[4];
    random_words(key, Stream::Draws, first_draw + row, first_block + (i - row * blocks), words);
    float weights[4];
    plain::weights_of_block<L, kPrior>(words, weights);
    if constexpr (kActivated) {
      GNC_UNROLL
      for (int w = 0; w < 4; ++w) {
        weights[w] = plain::activate<L, kActivation>(hidden_scale * weights[w], negative_slope);
      }
    }
    float* block = to + 4 * static_cast<std::size_t>(i);
#ifdef __CUDA_ARCH__
    *reinterpret_cast<float4*>(block) = make_float4(weights[0], weights[1], weights[2], weights[3]);
#else
    for (int w = 0; w < 4; ++w) block[w] = weights[w];
#endif
  }
};

/// Activates a hidden layer in place: x <- act(hidden_scale x).
template <Activation kActivation>
struct ActivateLayer {
  float hidden_scale;
  float negative_slope;
  float* values;

  GNC_FN void operator()(std::uint32_t i) const {
    values[i] = plain::activate<plain::ScalarLanes, kActivation>(hidden_scale * values[i], negative_slope);
  }
};

}  // namespace gnc
