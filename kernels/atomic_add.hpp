#pragma once

#include <atomic>
#include <cstdint>

#include "kernels/lane_scope.hpp"

namespace gnc {

/// Adds to a total that other threads add to; its value before. Nothing else is ordered by it.
GNC_FN std::uint32_t atomic_add(std::uint32_t* total, std::uint32_t x) {
#ifdef __CUDA_ARCH__
  return atomicAdd(total, x);
#else
  return std::atomic_ref(*total).fetch_add(x, std::memory_order_relaxed);
#endif
}
GNC_FN std::uint64_t atomic_add(std::uint64_t* total, std::uint64_t x) {
#ifdef __CUDA_ARCH__
  return atomicAdd(reinterpret_cast<unsigned long long*>(total), static_cast<unsigned long long>(x));
#else
  return std::atomic_ref(*total).fetch_add(x, std::memory_order_relaxed);
#endif
}

}  // namespace gnc
