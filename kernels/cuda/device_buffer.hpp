#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <utility>

#include "kernels/cuda/check.hpp"

namespace gnc {

/// Memory of the current device for `count` values of T, uninitialised. Throws DeviceError.
template <class T>
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  explicit DeviceBuffer(std::size_t count) : count_(count) {
    if (count > 0) check(cudaMalloc(&values_, count * sizeof(T)), "allocating device memory");
  }
  DeviceBuffer(DeviceBuffer&& other) noexcept
      : values_(std::exchange(other.values_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
    std::swap(values_, other.values_);
    std::swap(count_, other.count_);
    return *this;
  }
  // A destructor has nobody to report to; a broken device fails the next call that is checked.
  ~DeviceBuffer() { cudaFree(values_); }

  T* get() const { return values_; }
  std::size_t size() const { return count_; }

 private:
  T* values_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace gnc
