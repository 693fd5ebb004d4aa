#include "host/engine/engine.hpp"

#include <algorithm>

namespace gnc {

std::uint64_t default_chunk_size(const CellView& cell, std::uint64_t num_samples) {
  // One weight costs about a nanosecond; a ledger row per chunk must stay small beside the work of the chunk.
  const auto weights = static_cast<std::uint64_t>(n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth));
  constexpr std::uint64_t kAlign = static_cast<std::uint64_t>(kPriorBlock) * kPriorEvery;
  const std::uint64_t by_cost = std::uint64_t{1 << 28} / std::max<std::uint64_t>(weights, 1);
  const std::uint64_t by_rows = num_samples / 200'000;
  return std::max({by_cost / kAlign, by_rows / kAlign, std::uint64_t{1}}) * kAlign;
}

}  // namespace gnc
