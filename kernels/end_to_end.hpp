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
  const bool scaled = cell.hidden_scale != 1.0f;
  if (kActivation == Activation::Linear && !scaled && from == to) return;
  for (int i = 0; i < count; ++i) {
    auto x = L::load(from + i * L::size);
    if (scaled) x = x * L::set(cell.hidden_scale);
    L::store(activate<L, kActivation>(x, cell.negative_slope), to + i * L::size);
  }
}

/// C (+)= A W[from .. to), rows of the layer whose weights start at `offset`, with `cols` columns. A is
/// n_rows x (to - from), C is n_rows x cols.
template <class L, class Window>
GNC_FN void multiply_layer(Window& weights, std::int64_t offset, int from, int to, int cols, const float* a,
                           float* c, int n_rows, bool accumulate) {
  const int room = weights.capacity() - 3;
  const int cols_at_once = cols < room ? cols : room;
  const int rows_at_once = room / cols_at_once;
  const int lda = to - from;
  const std::int64_t limit = offset + static_cast<std::int64_t>(to) * cols;
  for (int r = from; r < to; r += rows_at_once) {
    const int inner = to - r < rows_at_once ? to - r : rows_at_once;
    for (int j = 0; j < cols; j += cols_at_once) {
      const int count = cols - j < cols_at_once ? cols - j : cols_at_once;
      const std::int64_t first = offset + static_cast<std::int64_t>(r) * cols + j;
      const float* b = weights.read(first, inner == 1 ? count : inner * cols, limit);
      const LaneMatrix left{a + (r - from) * L::size, lda, 1};
      multiply<L>(left, row_major(b, cols), c + j * L::size, cols, n_rows, inner, count,
                  accumulate || r > from);
    }
  }
}

/// `first_layer` of weights that are drawn into the window as they are read.
template <class L, Activation kActivation, class Window>
GNC_FN float* drawn_first_layer(const CellView& cell, Window& weights, int from, int units,
                                const DrawScratch& scratch) {
  const int m = cell.n_rows;
  const int k = cell.width;
  if (units == k && weights.n_weights() <= weights.capacity()) {
    float* all = weights.read(0, 1, weights.n_weights());
    activate_layer<L, kActivation>(cell, all, all, m * k);
    return all;
  }
  if (k % 4 == 0 && units % 4 == 0) {
    weights.read_rows(from, k, m, units, scratch.hidden);
    activate_layer<L, kActivation>(cell, scratch.hidden, scratch.hidden, m * units);
    return scratch.hidden;
  }
  const int segment = weights.capacity() - 4;
  for (int row = 0; row < m; ++row) {
    for (int j = 0; j < units; j += segment) {
      const int count = units - j < segment ? units - j : segment;
      const std::int64_t at = static_cast<std::int64_t>(row) * k + from + j;
      const float* w = weights.read(at, count, at + count);
      activate_layer<L, kActivation>(cell, w, scratch.hidden + (row * units + j) * L::size, count);
    }
  }
  return scratch.hidden;
}

/// Whether Y_1 = act(W_1) is W_1 itself.
template <Activation kActivation>
GNC_FN bool is_first_layer_plain(const CellView& cell) {
  return kActivation == Activation::Linear && cell.hidden_scale == 1.0f;
}

/// Hidden units from .. from + units - 1 of the first layer, act(W_1), n_rows x units. Returns where they
/// are: in `scratch.hidden`, or in the window itself.
template <class L, Activation kActivation, class Window>
GNC_FN const float* first_layer(const CellView& cell, Window& weights, int from, int units,
                                const DrawScratch& scratch) {
  const int m = cell.n_rows;
  const int k = cell.width;
  if constexpr (Window::is_constant) {
    if (units == k && is_first_layer_plain<kActivation>(cell)) return weights.read(0, m * k, m * k);
    for (int row = 0; row < m; ++row) {
      const std::int64_t at = static_cast<std::int64_t>(row) * k + from;
      activate_layer<L, kActivation>(cell, weights.read(at, units, at + units),
                                     scratch.hidden + row * units * L::size, units);
    }
    return scratch.hidden;
  } else {
    return drawn_first_layer<L, kActivation>(cell, weights, from, units, scratch);
  }
}

/// Hidden units that `end_to_end` takes at once. Y_1 = act(W_1) is not multiplied by anything, so at depth 2
/// it can be a tile of them.
GNC_FN int hidden_units_at_once(const CellView& cell, const DrawScratch& scratch) {
  return cell.depth == 2 ? scratch.hidden_tile : cell.width;
}

/// The first `n_weights` weights of a cell's draws as `end_to_end` reads them.
template <class L, Prior kPrior>
GNC_FN WeightWindow<L, kPrior> weight_window(const CellView& cell, std::int64_t n_weights,
                                             const DrawScratch& scratch) {
  const bool in_order = hidden_units_at_once(cell, scratch) >= cell.width;
  return {cell, Stream::Draws, n_weights, in_order, scratch.window, scratch.window_entries};
}

/// All weights.
template <class L, Prior kPrior>
GNC_FN WeightWindow<L, kPrior> weight_window(const CellView& cell, const DrawScratch& scratch) {
  return weight_window<L, kPrior>(cell, n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth), scratch);
}

/// Those of the hidden layers.
template <class L, Prior kPrior>
GNC_FN WeightWindow<L, kPrior> hidden_window(const CellView& cell, const DrawScratch& scratch) {
  return weight_window<L, kPrior>(cell, layer_offset(cell.n_rows, cell.width, cell.depth), scratch);
}

/// Layer `layer`, 2 .. depth - 1, act(Y W), of the one before it, Y; both are n_rows x width.
template <class L, Activation kActivation, class Window>
GNC_FN void next_hidden_layer(const CellView& cell, Window& weights, int layer, const float* Y, float* to) {
  const int m = cell.n_rows;
  const int k = cell.width;
  multiply_layer<L>(weights, layer_offset(m, k, layer), 0, k, k, Y, to, m, false);
  activate_layer<L, kActivation>(cell, to, to, m * k);
}

/// Layer depth - 1 of layer `layer`, which is `hidden`, outside of scratch.next_hidden.
template <class L, Activation kActivation, class Window>
GNC_FN const float* last_hidden_layer_after(const CellView& cell, Window& weights, int layer,
                                            const float* hidden, const DrawScratch& scratch) {
  float* next = scratch.next_hidden;
  while (++layer < cell.depth) {
    next_hidden_layer<L, kActivation>(cell, weights, layer, hidden, next);
    hidden = next;
    next = next == scratch.next_hidden ? scratch.hidden : scratch.next_hidden;
  }
  return hidden;
}

/// Hidden units from .. from + units - 1 of layer depth - 1, n_rows x units, as `first_layer` gives them;
/// from depth 3 on all of them at once. Values are before what `output_scale` makes up for.
template <class L, Activation kActivation, class Window>
GNC_FN const float* last_hidden_layer(const CellView& cell, Window& weights, int from, int units,
                                      const DrawScratch& scratch) {
  const float* const first = first_layer<L, kActivation>(cell, weights, from, units, scratch);
  return last_hidden_layer_after<L, kActivation>(cell, weights, 1, first, scratch);
}

/// What `end_to_end` gives, from depth 3 on, where layer `layer` is `hidden`, n_rows x width and outside of
/// scratch.next_hidden: no weights up to that layer are read.
template <class L, Activation kActivation, class Window>
GNC_FN void end_to_end_after(const CellView& cell, Window& weights, int layer, const float* hidden,
                             const DrawScratch& scratch) {
  const float* const last = last_hidden_layer_after<L, kActivation>(cell, weights, layer, hidden, scratch);
  multiply_layer<L>(weights, layer_offset(cell.n_rows, cell.width, cell.depth), 0, cell.width, cell.n_cols,
                    last, scratch.Y, cell.n_rows, false);
}

/// The end-to-end products, before `output_scale` and normalisation, of the L::size draws that `weights` was
/// moved to (README.md, "What is computed") into scratch.Y, n_rows x n_cols in [entry][lane] layout.
template <class L, Activation kActivation, class Window>
GNC_FN void end_to_end(const CellView& cell, Window& weights, const DrawScratch& scratch) {
  const int m = cell.n_rows;
  const int k = cell.width;
  const int tile = hidden_units_at_once(cell, scratch);
  if (cell.depth == 1) {
    for (int e = 0; e < m * cell.n_cols; ++e) {
      L::store(L::load(weights.read(e, 1, weights.n_weights())), scratch.Y + e * L::size);
    }
    return;
  }
  for (int from = 0; from < k; from += tile) {
    const int units = k - from < tile ? k - from : tile;
    const float* hidden = last_hidden_layer<L, kActivation>(cell, weights, from, units, scratch);
    multiply_layer<L>(weights, layer_offset(m, k, cell.depth), from, from + units, cell.n_cols, hidden,
                      scratch.Y, m, from > 0);
  }
}

GNC_LANES_END

#endif
