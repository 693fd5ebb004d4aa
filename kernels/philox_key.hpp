#pragma once

#include <cstdint>

#include "kernels/lane_scope.hpp"

namespace gnc {

/// Key of one cell's random numbers; cuRAND's `seed` is (k1 << 32) | k0.
struct PhiloxKey {
  std::uint32_t k0 = 0;
  std::uint32_t k1 = 0;

  bool operator==(const PhiloxKey&) const = default;
};

/// Purpose of a stream of random numbers within a cell.
enum class Stream : std::uint32_t {
  Draws = 0,
  Problem = 1,
  DescentStart = 2,
  Splitting = 3,
  Conditional = 4,
  Product = 5
};

/// One step of SplitMix64 (Steele, Lea, Flood 2014): the output for state `x`.
constexpr std::uint64_t splitmix64(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// Key of a cell: SplitMix64 absorbs run seed, width, depth and replicate one after the other. The key does
/// not depend on the sweep the cell is part of. The problem stream uses width = depth = 0, so that one
/// replicate has one problem.
constexpr PhiloxKey cell_key(std::uint64_t run_seed, std::uint64_t width, std::uint64_t depth,
                             std::uint64_t replicate) {
  std::uint64_t state = splitmix64(run_seed);
  state = splitmix64(state ^ width);
  state = splitmix64(state ^ depth);
  state = splitmix64(state ^ replicate);
  return {static_cast<std::uint32_t>(state), static_cast<std::uint32_t>(state >> 32)};
}

}  // namespace gnc
