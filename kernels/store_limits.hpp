#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gnc {

/// How many accepted draws of a range are to be kept at each tolerance: the first ones by index.
class StoreLimits {
 public:
  /// So many at every tolerance. Not explicit: mostly one number is asked for.
  StoreLimits(std::size_t each) : each_(each) {}
  /// One number for each tolerance.
  explicit StoreLimits(std::vector<std::uint64_t> limits) : limits_(std::move(limits)) {}

  std::uint64_t at(std::size_t tolerance) const { return limits_.empty() ? each_ : limits_.at(tolerance); }

 private:
  std::uint64_t each_ = 0;
  std::vector<std::uint64_t> limits_;  // empty: each_
};

}  // namespace gnc
