#pragma once

#include <cstddef>
#include <memory>

namespace gnc {

/// Floats aligned for every SIMD target, grown on demand and kept between uses.
class ScratchMemory {
 public:
  /// At least `count` floats, of unspecified values. Throws std::bad_alloc.
  float* reserve(std::size_t count);

 private:
  struct Free {
    void operator()(float* memory) const;
  };
  std::unique_ptr<float, Free> memory_;
  std::size_t count_ = 0;
};

}  // namespace gnc
