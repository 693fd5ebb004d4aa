#include <algorithm>
#include <cub/block/block_reduce.cuh>

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

/// Blocks of a draw's numbers that a thread adds up in a row.
constexpr std::uint32_t kBlocksInARow = 64;

/// A thread takes one draw at a time, and of it every gridDim.y-th row of blocks.
template <Prior kPrior, WordSource kSource>
__global__ void __launch_bounds__(kThreads)
    sum_weights_kernel(PhiloxKey key, std::int64_t n_weights, std::uint64_t begin, std::uint64_t end,
                       float* to) {
  float sum = 0.0f;
  const auto whole_blocks = static_cast<std::uint32_t>(n_weights / 4);
  const auto rest = static_cast<int>(n_weights % 4);
  const std::uint32_t rows = whole_blocks / kBlocksInARow + 1;
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t draw = begin + blockIdx.x * blockDim.x + threadIdx.x; draw < end; draw += stride) {
    const WeightReader<kPrior> by_rounds(key, draw);
    const auto add_block = [&](std::uint32_t block, int count) {
      float weights[4];
      if constexpr (kSource == WordSource::Rounds) {
        by_rounds.block(block, weights);
      } else {
        std::uint32_t words[4];
        random_words(key, Stream::Draws, draw, block, words);
        plain::weights_of_block<plain::ScalarLanes, kPrior>(words, weights);
      }
      GNC_UNROLL
      for (int w = 0; w < 4; ++w) sum += w < count ? weights[w] : 0.0f;
    };
    for (std::uint32_t row = blockIdx.y; row < rows; row += gridDim.y) {
      const std::uint32_t first = row * kBlocksInARow;
      const std::uint32_t limit = min(first + kBlocksInARow, whole_blocks);
#pragma unroll 4
      for (std::uint32_t block = first; block < limit; ++block) add_block(block, 4);
      if (row == rows - 1 && rest > 0) add_block(whole_blocks, rest);
    }
  }
  using BlockSum = cub::BlockReduce<float, kThreads>;
  __shared__ typename BlockSum::TempStorage scratch;
  const float of_block = BlockSum(scratch).Sum(sum);
  if (threadIdx.x == 0) atomicAdd(to, of_block);
}

}  // namespace

struct CudaWeightSum::Total : DeviceBuffer<float> {
  using DeviceBuffer<float>::DeviceBuffer;
};

CudaWeightSum::CudaWeightSum(WordSource source) : source_(source), total_(std::make_unique<Total>(1)) {}
CudaWeightSum::~CudaWeightSum() = default;

float CudaWeightSum::operator()(const CellView& cell, std::uint64_t begin, std::uint64_t end) {
  const std::int64_t weights = numbers_per_draw(cell);
  // Enough for the last ones of a launch to be few, also where the draws are.
  constexpr std::uint64_t kBlocks = 1u << 15;
  const std::uint64_t along_draws =
      std::clamp<std::uint64_t>((end - begin + kThreads - 1) / kThreads, 1, kBlocks);
  const std::uint64_t rows = static_cast<std::uint64_t>(weights) / 4 / kBlocksInARow + 1;
  const dim3 blocks(static_cast<unsigned>(along_draws),
                    static_cast<unsigned>(std::min(kBlocks / along_draws, rows)));
  float* const total = total_->get();
  check(cudaMemset(total, 0, sizeof(float)), "clearing a sum");
  with_prior(cell.prior, [&]<Prior kPrior>() {
    if (source_ == WordSource::Rounds) {
      sum_weights_kernel<kPrior, WordSource::Rounds>
          <<<blocks, kThreads>>>(cell.key, weights, begin, end, total);
    } else {
      sum_weights_kernel<kPrior, WordSource::Curand>
          <<<blocks, kThreads>>>(cell.key, weights, begin, end, total);
    }
  });
  check_launch("summing weights");
  float sum = 0.0f;
  check(cudaMemcpy(&sum, total, sizeof(float), cudaMemcpyDeviceToHost), "summing weights");
  return sum;
}

}  // namespace gnc
