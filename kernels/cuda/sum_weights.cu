#include <algorithm>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/device_buffer.hpp"
#include "kernels/cuda/sum_weights.hpp"
#include "kernels/distributions.hpp"
#include "kernels/draw_form.hpp"
#include "kernels/fused/weight_reader.hpp"
#include "kernels/gemm/random_words.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {
namespace {

constexpr int kThreads = 256;

/// One draw a thread, block after block.
template <Prior kPrior, WordSource kSource>
__global__ void __launch_bounds__(kThreads)
    sum_weights_kernel(PhiloxKey key, std::int64_t n_weights, std::uint64_t begin, std::uint64_t end,
                       float* to) {
  float sum = 0.0f;
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t draw = begin + blockIdx.x * blockDim.x + threadIdx.x; draw < end; draw += stride) {
    const WeightReader<kPrior> by_rounds(key, draw);
    for (std::int64_t first = 0; first < n_weights; first += 4) {
      const auto block = static_cast<std::uint32_t>(first / 4);
      float weights[4];
      if constexpr (kSource == WordSource::Rounds) {
        by_rounds.block(block, weights);
      } else {
        std::uint32_t words[4];
        random_words(key, Stream::Draws, draw, block, words);
        plain::weights_of_block<plain::ScalarLanes, kPrior>(words, weights);
      }
      for (int w = 0; w < 4; ++w) sum += first + w < n_weights ? weights[w] : 0.0f;
    }
  }
  atomicAdd(to, sum);
}

}  // namespace

float sum_weights_on_device(const CellView& cell, WordSource source, std::uint64_t begin, std::uint64_t end) {
  const std::int64_t weights = numbers_per_draw(cell);
  constexpr std::uint64_t kMostBlocks = 1u << 14;
  const auto blocks = static_cast<unsigned>(
      std::clamp<std::uint64_t>((end - begin + kThreads - 1) / kThreads, 1, kMostBlocks));
  const DeviceBuffer<float> total(1);
  check(cudaMemset(total.get(), 0, sizeof(float)), "clearing a sum");
  with_prior(cell.prior, [&]<Prior kPrior>() {
    if (source == WordSource::Rounds) {
      sum_weights_kernel<kPrior, WordSource::Rounds>
          <<<blocks, kThreads>>>(cell.key, weights, begin, end, total.get());
    } else {
      sum_weights_kernel<kPrior, WordSource::Curand>
          <<<blocks, kThreads>>>(cell.key, weights, begin, end, total.get());
    }
  });
  check_launch("summing weights");
  float sum = 0.0f;
  check(cudaMemcpy(&sum, total.get(), sizeof(float), cudaMemcpyDeviceToHost), "summing weights");
  return sum;
}

}  // namespace gnc
