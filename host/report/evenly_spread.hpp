#pragma once

#include <cstddef>
#include <vector>

namespace gnc {

/// All values, or `most` (>= 2) of them, evenly spread, with the first and the last.
template <class Value>
std::vector<Value> evenly_spread(const std::vector<Value>& all, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<Value> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * (all.size() - 1) / (most - 1)]);
  return some;
}

}  // namespace gnc
