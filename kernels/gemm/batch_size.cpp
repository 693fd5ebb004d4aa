#include "kernels/gemm/batch_size.hpp"

#include <algorithm>
#include <bit>

#include "kernels/gemm/draw_losses.hpp"
#include "kernels/gemm/layer_blocks.hpp"

namespace gnc {

BatchShape::BatchShape(const CellView& cell) {
  const auto floats_of = [&](int j) { return std::size_t{4} * LayerBlocks(cell, j).blocks; };
  first_layer = floats_of(1);
  layer = 0;
  for (int j = 2; j <= cell.depth; ++j) layer = std::max(layer, floats_of(j));
  hidden = cell.depth > 2 ? static_cast<std::size_t>(cell.n_rows) * static_cast<std::size_t>(cell.width) : 0;
  product = cell.depth > 1 ? static_cast<std::size_t>(cell.n_entries()) : 0;
  projections = static_cast<std::size_t>(std::max(cell.n_filter + cell.n_test, cell.n_entries()));
}

std::size_t BatchShape::bytes_per_draw() const {
  constexpr std::size_t kLosses = 2 * sizeof(float);
  constexpr std::size_t kLists = 2 * sizeof(std::uint32_t) + sizeof(AcceptedRow);
  return sizeof(float) * (first_layer + layer + hidden + product + projections) + kLosses + kLists;
}

std::uint32_t batch_size(const CellView& cell, std::size_t free_bytes, int batches) {
  const std::size_t share = free_bytes / 5 * 4 / static_cast<std::size_t>(batches);
  const std::size_t draws = std::min(kBatchBytes, share) / BatchShape(cell).bytes_per_draw();
  const std::size_t bounded = std::clamp<std::size_t>(draws, 1, kMostDrawsOfBatch);
  return static_cast<std::uint32_t>(std::bit_floor(bounded));
}

}  // namespace gnc
