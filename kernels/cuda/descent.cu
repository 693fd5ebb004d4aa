#include "kernels/cuda/descent.hpp"

#include <cuda_runtime.h>

#include <algorithm>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/device_buffer.hpp"
#include "kernels/descent_slice.hpp"

namespace gnc {
namespace {

/// A thread of the team of a block's first `size` threads; the others must have ended.
class BlockThread {
 public:
  GNC_FN explicit BlockThread(int size) : size_(size) {}

  GNC_FN int number() const {
#ifdef __CUDA_ARCH__
    return static_cast<int>(threadIdx.x);
#else
    return 0;
#endif
  }
  GNC_FN int size() const { return size_; }
  GNC_FN void sync() const {
#ifdef __CUDA_ARCH__
    __syncthreads();
#endif
  }

 private:
  int size_;
};

__global__ void __launch_bounds__(kMostDescentThreads)
    descent_kernel(SlicedDescent* runs, std::int64_t count) {
  extern __shared__ float shared[];
  SlicedDescent* run = runs + blockIdx.x;
  // A barrier waits only for threads that have not ended.
  if (static_cast<int>(threadIdx.x) >= run->threads) return;
  plain::descent_slice(plain::SharingTeam(BlockThread(run->threads)), run, shared, count);
}

/// Floats of shared memory that a block of the kernel may ask for.
std::size_t most_shared_floats() {
  constexpr const char* kDoing = "asking for the size of shared memory";
  int device = 0;
  int bytes = 0;
  check(cudaGetDevice(&device), kDoing);
  check(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), kDoing);
  cudaFuncAttributes kernel;
  check(cudaFuncGetAttributes(&kernel, descent_kernel), kDoing);
  const auto most = static_cast<std::size_t>(bytes);
  return most < kernel.sharedSizeBytes ? 0 : (most - kernel.sharedSizeBytes) / sizeof(float);
}

}  // namespace

struct CudaDescents::OnDevice {
  std::vector<SlicedDescent> starts;  ///< as uploaded; the device goes on from its own copy
  DeviceBuffer<float> memory;         ///< homes of all runs
  DeviceBuffer<SlicedDescent> runs;
  std::size_t shared_bytes = 0;  ///< of a block
  int threads = 0;               ///< of a block
};

CudaDescents::CudaDescents(CudaDescents&&) noexcept = default;
CudaDescents& CudaDescents::operator=(CudaDescents&&) noexcept = default;
CudaDescents::~CudaDescents() = default;

CudaDescents::CudaDescents(std::span<const DescentInput> inputs) : on_device_(std::make_unique<OnDevice>()) {
  constexpr const char* kDoing = "copying gradient descent's start";
  OnDevice& to = *on_device_;
  const std::size_t shared = most_shared_floats();
  std::size_t total = 0;
  for (const DescentInput& input : inputs) total += static_cast<std::size_t>(n_array_entries(input.model));
  to.memory = DeviceBuffer<float>(total);
  to.runs = DeviceBuffer<SlicedDescent>(inputs.size());

  float* home = to.memory.get();
  std::vector<float> image;
  for (const DescentInput& input : inputs) {
    const SlicedDescent& run = to.starts.emplace_back(sliced_descent(input, home, shared));
    image.resize(static_cast<std::size_t>(n_array_entries(input.model)));
    write_start(input, image.data());
    check(cudaMemcpy(home, image.data(), image.size() * sizeof(float), cudaMemcpyHostToDevice), kDoing);
    home += image.size();
    to.shared_bytes = std::max(to.shared_bytes, shared_floats(run.model, run.in_shared) * sizeof(float));
    to.threads = std::max(to.threads, run.threads);
  }
  check(cudaMemcpy(to.runs.get(), to.starts.data(), to.starts.size() * sizeof(SlicedDescent),
                   cudaMemcpyHostToDevice),
        kDoing);
}

void CudaDescents::run_epochs(std::int64_t count) {
  const OnDevice& on = *on_device_;
  if (on.starts.empty()) return;
  // Once per launch, as another set of runs may have asked for another size since.
  check(cudaFuncSetAttribute(descent_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(on.shared_bytes)),
        "reserving shared memory for gradient descent");
  descent_kernel<<<static_cast<unsigned>(on.starts.size()), static_cast<unsigned>(on.threads),
                   on.shared_bytes>>>(on.runs.get(), count);
  check_launch("starting gradient descent");
  check(cudaStreamSynchronize(nullptr), "running gradient descent");
}

std::vector<float> CudaDescents::Y(std::size_t run) const {
  const SlicedDescent& start = on_device_->starts[run];
  std::vector<float> Y(static_cast<std::size_t>(start.model.n_entries()));
  check(cudaMemcpy(Y.data(), start.home.Y, Y.size() * sizeof(float), cudaMemcpyDeviceToHost),
        "fetching gradient descent's result");
  return Y;
}

int CudaDescents::n_arrays_at_home(std::size_t run) const {
  return gnc::n_arrays_at_home(on_device_->starts[run]);
}

}  // namespace gnc
