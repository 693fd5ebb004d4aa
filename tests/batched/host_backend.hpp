#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "kernels/cuda/device_error.hpp"
#include "kernels/fixed_point.hpp"
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif

namespace gnc {

/// How the host plays a device, and how it fails.
struct HostDevice {
  std::size_t memory_bytes = std::numeric_limits<std::size_t>::max() / 2;  ///< what it says it has
  std::size_t allowed_bytes = std::numeric_limits<std::size_t>::max();     ///< what it gives
  std::size_t used_bytes = 0;
  long calls_until_lost = std::numeric_limits<long>::max();
  long calls = 0;

  static HostDevice& current() {
    static HostDevice device;
    return device;
  }

  /// Threads that share a kernel's work: 1, or GNC_HOST_DEVICE_THREADS, for a sanitizer that watches threads.
  static std::uint32_t threads() {
    static const std::uint32_t count = [] {
      const char* text = std::getenv("GNC_HOST_DEVICE_THREADS");
      return text == nullptr ? 1u : static_cast<std::uint32_t>(std::stoul(text));
    }();
    return count;
  }

  void call() {
    ++calls;
    if (calls > calls_until_lost) {
      throw DeviceError(DeviceError::Kind::Failed, "CUDA failed while drawing: the device was lost");
    }
  }
};

/// Tells valgrind that nothing was written there yet.
inline void mark_unset([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef VALGRIND_MAKE_MEM_UNDEFINED
  VALGRIND_MAKE_MEM_UNDEFINED(memory, bytes);
#endif
}
/// Lets valgrind report what is not.
inline void expect_set([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef VALGRIND_CHECK_MEM_IS_DEFINED
  VALGRIND_CHECK_MEM_IS_DEFINED(memory, bytes);
#endif
}

/// A backend of GemmDraws on the host: plain loops, backwards, so that nothing can rest on their order.
/// Memory is poisoned with numbers that show in every loss.
class HostBackend {
 public:
  template <class T>
  class Buffer {
   public:
    explicit Buffer(std::size_t count) : bytes_(count * sizeof(T)) {
      HostDevice& device = HostDevice::current();
      if (device.used_bytes + bytes_ > device.allowed_bytes) {
        throw DeviceError(DeviceError::Kind::OutOfMemory, "CUDA failed while allocating device memory");
      }
      device.used_bytes += bytes_;
      values_.resize(count);
      std::fill_n(reinterpret_cast<unsigned char*>(values_.data()), bytes_, static_cast<unsigned char>(0x7f));
      mark_unset(values_.data(), bytes_);
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { HostDevice::current().used_bytes -= bytes_; }
    T* get() const { return const_cast<T*>(values_.data()); }
    std::size_t size() const { return values_.size(); }

   private:
    std::size_t bytes_;
    std::vector<T> values_;
  };

  template <class T>
  class Result {
   public:
    Result() { mark_unset(&value_, sizeof(T)); }
    const T& get() const { return value_; }
    T* target() { return &value_; }

   private:
    friend HostBackend;
    T value_{};
  };

  std::size_t free_bytes() const {
    const HostDevice& device = HostDevice::current();
    return device.memory_bytes - std::min(device.memory_bytes, device.used_bytes);
  }

  template <class T>
  void upload(const T* from, std::size_t count, const Buffer<T>& to) {
    HostDevice::current().call();
    std::copy_n(from, count, to.get());
  }
  template <class T>
  void upload_to(const T* from, std::size_t count, T* to) {
    HostDevice::current().call();
    std::copy_n(from, count, to);
  }
  template <class T>
  void download(const T* from, std::size_t count, T* to) {
    HostDevice::current().call();
    expect_set(from, count * sizeof(T));
    std::copy_n(from, count, to);
  }

  template <class Body>
  void for_each(std::uint32_t count, const Body& body, const char*) {
    HostDevice::current().call();
    const std::uint32_t threads = std::min(HostDevice::threads(), count);
    const auto backwards = [&](std::uint32_t thread) {
      for (std::uint32_t i = thread; i < count; i += threads) body(count - 1 - i);
    };
    std::vector<std::jthread> others;
    for (std::uint32_t thread = 1; thread < threads; ++thread) others.emplace_back(backwards, thread);
    if (count > 0) backwards(0);
  }

  void multiply_batch(std::size_t rows, std::size_t inner, std::size_t cols, const float* a,
                      std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                      std::size_t c_stride, std::uint32_t count) {
    HostDevice::current().call();
    for (std::size_t n = 0; n < count; ++n) {
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < cols; ++j) {
          float sum = 0.0f;
          for (std::size_t r = 0; r < inner; ++r) {
            sum += a[n * a_stride + i * inner + r] * b[n * b_stride + r * cols + j];
          }
          c[n * c_stride + i * cols + j] = sum;
        }
      }
    }
  }

  void project(const float* measurements, std::size_t n, std::size_t p, const float* matrices,
               std::size_t stride, float* to, std::uint32_t draws) {
    HostDevice::current().call();
    for (std::size_t q = 0; q < n; ++q) {
      for (std::size_t d = 0; d < draws; ++d) {
        float sum = 0.0f;
        for (std::size_t e = 0; e < p; ++e) sum += measurements[q * p + e] * matrices[d * stride + e];
        to[q * draws + d] = sum;
      }
    }
  }

  template <class Predicate>
  void select(std::uint32_t count, const Predicate& predicate, std::uint32_t* rows,
              Result<std::uint32_t>& n) {
    HostDevice::current().call();
    n.value_ = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (predicate(i)) rows[n.value_++] = i;
    }
  }

  template <class Term>
  void sum(std::uint32_t count, const Term& term, Result<LossSums>& total) {
    HostDevice::current().call();
    total.value_ = LossSums{};
    for (std::uint32_t i = count; i-- > 0;) total.value_.add(term(i));
  }

  void sort(const std::uint64_t* keys, std::uint64_t* sorted, std::uint32_t count, int) {
    HostDevice::current().call();
    std::copy_n(keys, count, sorted);
    std::sort(sorted, sorted + count);
  }

  template <class T>
  void clear(Result<T>& result) {
    HostDevice::current().call();
    result.value_ = T{};
  }
  template <class T>
  void fetch(Result<T>& result) {
    HostDevice::current().call();
    expect_set(&result.value_, sizeof(T));
  }

  void wait() { HostDevice::current().call(); }
  void drain() noexcept {}
};

}  // namespace gnc
