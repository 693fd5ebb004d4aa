#pragma once

#include <cstdint>

#include "kernels/cell_view.hpp"

namespace gnc {

/// Where the weights of layer `layer` (from 1) lie in the blocks of four that a draw's numbers come in.
struct LayerBlocks {
  std::uint32_t first;   ///< block that the layer begins in
  std::uint32_t shift;   ///< its first weight's place there, 0 .. 3
  std::uint32_t blocks;  ///< blocks that it touches

  LayerBlocks(const CellView& cell, int layer) {
    const std::int64_t from = layer_offset(cell.n_rows, cell.width, layer);
    const std::int64_t to = layer == cell.depth ? n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth)
                                                : layer_offset(cell.n_rows, cell.width, layer + 1);
    first = static_cast<std::uint32_t>(from / 4);
    shift = static_cast<std::uint32_t>(from % 4);
    blocks = static_cast<std::uint32_t>((to + 3) / 4 - from / 4);
  }
};

}  // namespace gnc
