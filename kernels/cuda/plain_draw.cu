#include <cuda_runtime.h>

#include <stdexcept>

#include "kernels/cuda/plain_draw.hpp"
#include "kernels/descent.hpp"
#include "kernels/end_to_end.hpp"
#include "kernels/losses.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {
namespace {

using plain::ScalarLanes;

void check(cudaError_t status, const char* doing) {
  if (status != cudaSuccess) {
    throw std::runtime_error(std::string("CUDA: ") + doing + ": " + cudaGetErrorString(status));
  }
}

/// A copy of host values on the device.
class DeviceFloats {
 public:
  DeviceFloats(const float* values, std::size_t count) {
    check(cudaMalloc(&values_, count * sizeof(float)), "allocating measurements");
    const cudaError_t copied = cudaMemcpy(values_, values, count * sizeof(float), cudaMemcpyHostToDevice);
    if (copied != cudaSuccess) cudaFree(values_);
    check(copied, "copying measurements");
  }
  DeviceFloats(const DeviceFloats&) = delete;
  DeviceFloats& operator=(const DeviceFloats&) = delete;
  ~DeviceFloats() { cudaFree(values_); }
  const float* get() const { return values_; }

 private:
  float* values_ = nullptr;
};

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

/// Gradient descent, one run per thread; here to be compiled for the device.
template <Activation kActivation>
__global__ void plain_descent_kernel(DescentModel model, const DescentArrays* runs, int count,
                                     float bias_correction) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) plain::descent_epoch<ScalarLanes, kActivation>(model, runs[i], bias_correction);
}
template __global__ void plain_descent_kernel<Activation::Linear>(DescentModel, const DescentArrays*, int,
                                                                  float);
template __global__ void plain_descent_kernel<Activation::Tanh>(DescentModel, const DescentArrays*, int,
                                                                float);
template __global__ void plain_descent_kernel<Activation::LeakyRelu>(DescentModel, const DescentArrays*, int,
                                                                     float);

std::optional<std::string> why_no_cuda_device() {
  int devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(status);
  if (devices == 0) return "no CUDA device was found";
  return std::nullopt;
}

std::vector<PlainLosses> plain_cuda_losses(const CellView& cell, std::uint64_t first, int count) {
  if (cell.n_rows * cell.width > kPlainHiddenEntries || cell.n_entries() > kPlainOutputEntries) {
    throw std::length_error("plain_cuda_losses: the cell is too large for one thread");
  }
  const auto p = static_cast<std::size_t>(cell.n_entries());
  const DeviceFloats rows(cell.filter_rows, p * static_cast<std::size_t>(cell.n_filter));
  const DeviceFloats targets(cell.filter_targets, static_cast<std::size_t>(cell.n_filter));
  const DeviceFloats A_test(cell.A_test, p * static_cast<std::size_t>(cell.n_test));
  const DeviceFloats b_test(cell.b_test, static_cast<std::size_t>(cell.n_test));
  CellView on_device = cell;
  on_device.filter_rows = rows.get();
  on_device.filter_targets = targets.get();
  on_device.A_test = A_test.get();
  on_device.b_test = b_test.get();

  std::vector<PlainLosses> losses(static_cast<std::size_t>(count));
  PlainLosses* to = nullptr;
  check(cudaMalloc(&to, losses.size() * sizeof(PlainLosses)), "allocating losses");
  constexpr int kThreads = 128;
  plain_losses_kernel<<<(count + kThreads - 1) / kThreads, kThreads>>>(on_device, first, count, to);
  const cudaError_t launched = cudaGetLastError();
  const cudaError_t copied =
      cudaMemcpy(losses.data(), to, losses.size() * sizeof(PlainLosses), cudaMemcpyDeviceToHost);
  cudaFree(to);
  check(launched, "launching the draws");
  check(copied, "drawing");
  return losses;
}

}  // namespace gnc
