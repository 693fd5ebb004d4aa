#if defined(GNC_KERNELS_END_TO_END_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_END_TO_END_HPP
#undef GNC_KERNELS_END_TO_END_HPP
#else
#define GNC_KERNELS_END_TO_END_HPP
#endif

#include "kernels/activation.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/draw_scratch.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/matrix_product.hpp"
#include "kernels/weights.hpp"

GNC_LANES_BEGIN

/// to[i] = act(hidden_scale * from[i]) for `count` entries; `to` may be `from`.
template <class L, Activation kActivation>
GNC_FN void activate_layer(const CellView& cell, const float* from, float* to, int count) {
  for (int i = 0; i < count; ++i) {
    auto x = L::load(from + i * L::size);
    if constexpr (kActivation == Activation::Tanh) x = x * L::set(cell.hidden_scale);
    L::store(activate<L, kActivation>(x, cell.negative_slope), to + i * L::size);
  }
}

/// C (+)= A W[from .. to), the rows of the layer that starts at weight `offset` and has `cols` columns. A is
/// cell.n_rows x (to - from).
template <class L, class Window>
GNC_FN void multiply_layer(Window& weights, std::int64_t offset, int from, int to, int cols, const float* a,
                           int lda, float* c, int n_rows, int capacity, bool accumulate) {
  const int widest = cols < capacity - 3 ? cols : capacity - 3;
  const int rows_at_once = widest == cols ? (capacity - 3) / cols : 1;
  for (int r = from; r < to; r += rows_at_once) {
    const int inner = to - r < rows_at_once ? to - r : rows_at_once;
    for (int j = 0; j < cols; j += widest) {
      const int count = cols - j < widest ? cols - j : widest;
      const float* b = weights.sequential(offset + static_cast<std::int64_t>(r) * cols + j,
                                          inner == 1 ? count : inner * cols);
      multiply<L>(a + (r - from) * L::size, lda, b, cols, c + j * L::size, cols, n_rows, inner, count,
                  accumulate || r > from);
    }
  }
}

/// The end-to-end products, before `output_scale` and normalisation, of draws first_sample .. first_sample +
/// L::size - 1 (DESIGN.md, "end-to-end matrix Y") into scratch.Y, n_rows x n_cols in [entry][lane] layout.
template <class L, Activation kActivation, Prior kPrior>
GNC_FN void end_to_end(const CellView& cell, std::uint64_t first_sample, const DrawScratch& scratch) {
  const int m = cell.n_rows;
  const int k = cell.width;
  WeightWindow<L, kPrior> weights(cell.key, first_sample, n_weights(m, cell.n_cols, k, cell.depth),
                                  scratch.window, scratch.window_entries);
  if (cell.depth == 1) {
    for (int row = 0; row < m; ++row) {
      for (int j = 0; j < cell.n_cols; ++j) {
        const float* w = weights.sequential(static_cast<std::int64_t>(row) * cell.n_cols + j, 1);
        L::store(L::load(w), scratch.Y + (row * cell.n_cols + j) * L::size);
      }
    }
    return;
  }

  // Y_1 = act(W_1) is not multiplied by anything, so at depth 2 the hidden units can be taken a tile at a
  // time.
  const int tile = cell.depth == 2 ? scratch.hidden_tile : k;
  const std::int64_t last = layer_offset(m, k, cell.depth);
  for (int from = 0; from < k; from += tile) {
    const int to = k - from < tile ? k : from + tile;
    const int units = to - from;
    float* hidden = scratch.hidden;
    float* next = scratch.next_hidden;
    for (int row = 0; row < m; ++row) {
      for (int j = 0; j < units; j += scratch.segment) {
        const int count = units - j < scratch.segment ? units - j : scratch.segment;
        const std::int64_t at = static_cast<std::int64_t>(row) * k + from + j;
        const float* w = tile < k ? weights.segment(at, count) : weights.sequential(at, count);
        activate_layer<L, kActivation>(cell, w, hidden + (row * units + j) * L::size, count);
      }
    }
    for (int layer = 2; layer < cell.depth; ++layer) {
      multiply_layer<L>(weights, layer_offset(m, k, layer), 0, k, k, hidden, k, next, m,
                        scratch.window_entries, false);
      if constexpr (kActivation != Activation::Linear)
        activate_layer<L, kActivation>(cell, next, next, m * k);
      float* swapped = hidden;
      hidden = next;
      next = swapped;
    }
    multiply_layer<L>(weights, last + static_cast<std::int64_t>(from) * cell.n_cols, 0, units, cell.n_cols,
                      hidden, units, scratch.Y, m, scratch.window_entries, from > 0);
  }
}

GNC_LANES_END

#endif
