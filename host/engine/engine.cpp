#include "host/engine/engine.hpp"

#include <algorithm>

namespace gnc {

std::uint64_t default_chunk_size(std::int64_t weights, std::uint64_t num_samples) {
  // One weight costs about a nanosecond; a ledger row per chunk must stay small beside the work of the chunk.
  constexpr std::uint64_t kAlign = static_cast<std::uint64_t>(kPriorBlock) * kPriorEvery;
  const std::uint64_t by_cost =
      std::uint64_t{1 << 28} / static_cast<std::uint64_t>(std::max<std::int64_t>(weights, 1));
  const std::uint64_t by_rows = num_samples / 200'000;
  return std::max({by_cost / kAlign, by_rows / kAlign, std::uint64_t{1}}) * kAlign;
}

}  // namespace gnc
