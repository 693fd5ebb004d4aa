#pragma once

#include <cstdint>

namespace gnc {

/// Consecutive draw indices begin .. end - 1 of one cell.
struct DrawRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
  bool operator==(const DrawRange&) const = default;
};

}  // namespace gnc
