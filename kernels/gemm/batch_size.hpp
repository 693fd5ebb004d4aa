#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cell_view.hpp"

namespace gnc {

/// Device memory of one draw of a batch, in floats, by what it holds.
struct BatchShape {
  explicit BatchShape(const CellView& cell);

  std::size_t first_layer;  ///< W_1, whole blocks of it; a later hidden layer may take its place
  std::size_t layer;        ///< the largest of W_2, .., W_d, whole blocks; 0 at depth 1
  std::size_t hidden;       ///< a second hidden layer; 0 below depth 3
  std::size_t product;      ///< end-to-end product; 0 at depth 1, where it is W_1
  std::size_t projections;  ///< on all measurements; room for Y at least

  /// Bytes of everything a draw of a batch needs, its losses and its place in the lists of accepted draws
  /// included.
  std::size_t bytes_per_draw() const;
};

/// Memory that a batch aims at: large enough to fill a device many times over with work.
constexpr std::size_t kBatchBytes = std::size_t{256} << 20;
/// Draws of a batch at most.
constexpr std::uint32_t kMostDrawsOfBatch = 1u << 20;

/// Draws of a batch: a power of two, the largest whose memory is within kBatchBytes and, for all `batches`
/// that are held at once, within four fifths of `free_bytes`; at least 1, at most kMostDrawsOfBatch. Where
/// memory is plenty it depends on the cell alone.
std::uint32_t batch_size(const CellView& cell, std::size_t free_bytes, int batches);

}  // namespace gnc
