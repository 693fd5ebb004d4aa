#include <cuda_runtime.h>

#include <stdexcept>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/device_buffer.hpp"
#include "kernels/cuda/plain_draw.hpp"
#include "kernels/end_to_end.hpp"
#include "kernels/losses.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {
namespace {

using plain::ScalarLanes;

/// A copy of host values on the device.
DeviceBuffer<float> on_device(const float* values, std::size_t count) {
  DeviceBuffer<float> copy(count);
  check(cudaMemcpy(copy.get(), values, count * sizeof(float), cudaMemcpyHostToDevice),
        "copying measurements");
  return copy;
}

template <Activation kActivation, Prior kPrior>
__device__ PlainLosses plain_losses(const CellView& cell, std::uint64_t index) {
  constexpr int kWindowEntries = 256;
  float window[kWindowEntries], hidden[kPlainHiddenEntries], next_hidden[kPlainHiddenEntries],
      Y[kPlainOutputEntries];
  DrawScratch scratch;
  scratch.window = window;
  scratch.window_entries = kWindowEntries;
  scratch.hidden = hidden;
  scratch.next_hidden = next_hidden;
  scratch.Y = Y;
  scratch.hidden_tile = cell.width;
  auto weights = plain::weight_window<ScalarLanes, kPrior>(cell, scratch);
  weights.move_to(index);
  plain::end_to_end<ScalarLanes, kActivation>(cell, weights, scratch);
  const float factor = plain::output_factor<ScalarLanes>(cell, Y);
  constexpr float kNoBound = 3.4e38f;
  const float residual = plain::filtered_residual<ScalarLanes>(cell, Y, factor, kNoBound);
  return {residual / static_cast<float>(cell.n_train),
          plain::generalization_loss<ScalarLanes>(cell, Y, factor)};
}

template <Prior kPrior>
__device__ PlainLosses plain_losses(const CellView& cell, std::uint64_t index) {
  if (cell.activation == Activation::Tanh) return plain_losses<Activation::Tanh, kPrior>(cell, index);
  if (cell.activation == Activation::LeakyRelu)
    return plain_losses<Activation::LeakyRelu, kPrior>(cell, index);
  return plain_losses<Activation::Linear, kPrior>(cell, index);
}

__global__ void plain_losses_kernel(CellView cell, std::uint64_t first, int count, PlainLosses* to) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= count) return;
  const std::uint64_t index = first + static_cast<std::uint64_t>(i);
  to[i] = cell.prior == Prior::Gauss ? plain_losses<Prior::Gauss>(cell, index)
                                     : plain_losses<Prior::Unif>(cell, index);
}

}  // namespace

std::vector<PlainLosses> plain_cuda_losses(const CellView& cell, std::uint64_t first, int count) {
  if (cell.n_rows * cell.width > kPlainHiddenEntries || cell.n_entries() > kPlainOutputEntries) {
    throw std::length_error("plain_cuda_losses: the cell is too large for one thread");
  }
  const auto p = static_cast<std::size_t>(cell.n_entries());
  const DeviceBuffer<float> rows = on_device(cell.filter_rows, p * static_cast<std::size_t>(cell.n_filter));
  const DeviceBuffer<float> targets = on_device(cell.filter_targets, static_cast<std::size_t>(cell.n_filter));
  const DeviceBuffer<float> A_test = on_device(cell.A_test, p * static_cast<std::size_t>(cell.n_test));
  const DeviceBuffer<float> b_test = on_device(cell.b_test, static_cast<std::size_t>(cell.n_test));
  CellView view = cell;
  view.filter_rows = rows.get();
  view.filter_targets = targets.get();
  view.A_test = A_test.get();
  view.b_test = b_test.get();

  std::vector<PlainLosses> losses(static_cast<std::size_t>(count));
  const DeviceBuffer<PlainLosses> to(losses.size());
  constexpr int kThreads = 128;
  plain_losses_kernel<<<(count + kThreads - 1) / kThreads, kThreads>>>(view, first, count, to.get());
  check_launch("launching the draws");
  check(cudaMemcpy(losses.data(), to.get(), losses.size() * sizeof(PlainLosses), cudaMemcpyDeviceToHost),
        "drawing");
  return losses;
}

}  // namespace gnc
