#pragma once

#include <cuda_runtime.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstddef>
#include <cstdint>
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_reduce.cuh>
#include <cub/device/device_select.cuh>
#include <optional>
#include <utility>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/cublas_handle.hpp"
#include "kernels/cuda/cuda_stream.hpp"
#include "kernels/cuda/device_buffer.hpp"
#include "kernels/fixed_point.hpp"
#include "kernels/kernel_use.hpp"

namespace gnc {

/// Threads of a block of for_each_kernel.
constexpr int kForEachThreads = 256;

/// Blocks of for_each_kernel that a multiprocessor is to hold, where the body asks for some; 0: as many as
/// the compiler makes it.
template <class Body>
constexpr int resident_blocks() {
  if constexpr (requires { Body::resident_blocks; }) return Body::resident_blocks;
  return 0;
}

/// body(i) for i below count, one thread each.
template <class Body>
__global__ void __launch_bounds__(kForEachThreads, resident_blocks<Body>())
    for_each_kernel(std::uint32_t count, const __grid_constant__ Body body) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) body(i);
}

struct AddLossSums {
  GNC_FN LossSums operator()(LossSums a, const LossSums& b) const {
    a.add(b);
    return a;
  }
};

/// A queue of work on the current CUDA device: one stream, and a cuBLAS handle once it multiplies; a backend
/// of BatchedDraws and BatchedParticles. Every call throws DeviceError where CUDA or cuBLAS fails. The device
/// must be current on the calling thread.
class CudaBackend {
 public:
  template <class T>
  using Buffer = DeviceBuffer<T>;

  /// One value that the queue writes and the host reads through get() after wait().
  template <class T>
  class Result {
   public:
    Result() : device_(1) { check(cudaMallocHost(&host_, sizeof(T)), "allocating host memory for results"); }
    Result(Result&& other) noexcept
        : device_(std::move(other.device_)), host_(std::exchange(other.host_, nullptr)) {}
    Result& operator=(Result&&) = delete;
    ~Result() { cudaFreeHost(host_); }

    const T& get() const { return *host_; }
    /// Where a body writes it.
    T* target() const { return device_.get(); }

   private:
    friend CudaBackend;
    DeviceBuffer<T> device_;
    T* host_ = nullptr;
  };

  CudaBackend() = default;
  CudaBackend(const CudaBackend&) = delete;
  CudaBackend& operator=(const CudaBackend&) = delete;
  ~CudaBackend() { drain(); }

  /// Bytes that may still be allocated on the device.
  std::size_t free_bytes() const;

  template <class T>
  void upload(const T* from, std::size_t count, const DeviceBuffer<T>& to) {
    check(cudaMemcpyAsync(to.get(), from, count * sizeof(T), cudaMemcpyHostToDevice, stream_.get()),
          "copying to the device");
  }
  template <class T>
  void upload_to(const T* from, std::size_t count, T* to) {
    check(cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyHostToDevice, stream_.get()),
          "copying to the device");
  }
  template <class T>
  void download(const T* from, std::size_t count, T* to) {
    check(cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyDeviceToHost, stream_.get()),
          "copying from the device");
  }

  template <class Body>
  void for_each(std::uint32_t count, const Body& body, const char* doing) {
    constexpr std::uint32_t kBlock = kForEachThreads;
    if (count == 0) return;  // CUDA refuses an empty grid
    for_each_kernel<<<(count + kBlock - 1) / kBlock, kBlock, 0, stream_.get()>>>(count, body);
    check_launch(doing);
  }

  /// What for_each takes of the device with a body of this type.
  template <class Body>
  static KernelUse use_of() {
    cudaFuncAttributes attributes{};
    check(cudaFuncGetAttributes(&attributes, for_each_kernel<Body>), "asking for a kernel's registers");
    int device = 0, most_threads = 0, blocks = 0;
    check(cudaGetDevice(&device), "asking for the device");
    check(cudaDeviceGetAttribute(&most_threads, cudaDevAttrMaxThreadsPerMultiProcessor, device),
          "asking for the device's threads");
    check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, for_each_kernel<Body>, kForEachThreads, 0),
          "asking for a kernel's occupancy");
    return {attributes.numRegs, attributes.localSizeBytes,
            static_cast<double>(blocks * kForEachThreads) / static_cast<double>(most_threads)};
  }

  /// C_i = A_i B_i for i below `count`: A_i is rows x inner, B_i is inner x cols, C_i rows x cols, each
  /// row-major and contiguous, the next one `.._stride` floats on.
  void multiply_batch(std::size_t rows, std::size_t inner, std::size_t cols, const float* a,
                      std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                      std::size_t c_stride, std::uint32_t count);

  /// to[q * draws + i] = <measurement q, matrix i>: `measurements` is n x p row-major, matrix i the p floats
  /// from i * stride on.
  void project(const float* measurements, std::size_t n, std::size_t p, const float* matrices,
               std::size_t stride, float* to, std::uint32_t draws);

  /// The i below `count` with predicate(i), ascending, into `rows` (room for all of them), their number in n.
  template <class Predicate>
  void select(std::uint32_t count, const Predicate& predicate, std::uint32_t* rows,
              Result<std::uint32_t>& n) {
    const thrust::counting_iterator<std::uint32_t> all(0);
    with_scratch("selecting accepted draws", [&](void* scratch, std::size_t& bytes) {
      return cub::DeviceSelect::If(scratch, bytes, all, rows, n.device_.get(), static_cast<int>(count),
                                   predicate, stream_.get());
    });
    fetch(n);
  }

  /// Sum of the LossSums term(i), i below `count`.
  template <class Term>
  void sum(std::uint32_t count, const Term& term, Result<LossSums>& total) {
    const thrust::counting_iterator<std::uint32_t> all(0);
    with_scratch("summing losses", [&](void* scratch, std::size_t& bytes) {
      return cub::DeviceReduce::TransformReduce(scratch, bytes, all, total.device_.get(),
                                                static_cast<int>(count), AddLossSums{}, term, LossSums{},
                                                stream_.get());
    });
    fetch(total);
  }

  /// `count` keys in ascending order of their low `bits` bits, which are all that they have.
  void sort(const std::uint64_t* keys, std::uint64_t* sorted, std::uint32_t count, int bits) {
    with_scratch("sorting losses", [&](void* scratch, std::size_t& bytes) {
      return cub::DeviceRadixSort::SortKeys(scratch, bytes, keys, sorted, static_cast<int>(count), 0, bits,
                                            stream_.get());
    });
  }

  /// Sets a result to zero.
  template <class T>
  void clear(Result<T>& result) {
    check(cudaMemsetAsync(result.device_.get(), 0, sizeof(T), stream_.get()), "clearing a result");
  }
  /// Brings a result that bodies wrote to the host.
  template <class T>
  void fetch(Result<T>& result) {
    check(
        cudaMemcpyAsync(result.host_, result.device_.get(), sizeof(T), cudaMemcpyDeviceToHost, stream_.get()),
        "fetching a result");
  }

  /// Until everything queued is done.
  void wait();
  /// The same where it does not matter what came of it.
  void drain() noexcept {
    if (cudaStreamSynchronize(stream_.get()) != cudaSuccess) forget_last_error();
  }

 private:
  /// Calls `algorithm` for the scratch memory it needs, then with it. The memory grows with the first batch
  /// and is kept.
  template <class Algorithm>
  void with_scratch(const char* doing, const Algorithm& algorithm) {
    std::size_t bytes = 0;
    check(algorithm(nullptr, bytes), doing);
    if (bytes > scratch_.size()) {
      wait();
      scratch_ = DeviceBuffer<std::byte>();
      scratch_ = DeviceBuffer<std::byte>(bytes);
    }
    check(algorithm(scratch_.get(), bytes), doing);
  }

  /// Made when it first multiplies: it takes long and memory, and few queues multiply.
  const CublasHandle& cublas();

  CudaStream stream_;
  std::optional<CublasHandle> cublas_;
  DeviceBuffer<std::byte> scratch_;
};

}  // namespace gnc
