#include "kernels/cpu/scratch_memory.hpp"

#include <new>

#include "hwy/aligned_allocator.h"

namespace gnc {

void ScratchMemory::Free::operator()(float* memory) const { hwy::FreeAlignedBytes(memory, nullptr, nullptr); }

float* ScratchMemory::reserve(std::size_t count) {
  if (count > count_) {
    memory_.reset();
    count_ = 0;
    memory_.reset(static_cast<float*>(hwy::AllocateAlignedBytes(count * sizeof(float), nullptr, nullptr)));
    if (!memory_) throw std::bad_alloc();
    count_ = count;
  }
  return memory_.get();
}

}  // namespace gnc
