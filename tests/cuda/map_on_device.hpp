#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cuda/cuda_backend.hpp"

namespace gnc {

/// What a device makes of `from`, element by element; Kernel is an aggregate of where these are and where to
/// write, called with an index.
template <class Kernel, class To, class From>
std::vector<To> map_on_device(const std::vector<From>& from) {
  const auto count = static_cast<std::uint32_t>(from.size());
  CudaBackend queue;
  const DeviceBuffer<From> on_device(count);
  const DeviceBuffer<To> results(count);
  queue.upload(from.data(), count, on_device);
  queue.for_each(count, Kernel{on_device.get(), results.get()}, "evaluating a test's kernel");
  std::vector<To> to(count);
  queue.download(results.get(), count, to.data());
  queue.wait();
  return to;
}

}  // namespace gnc
