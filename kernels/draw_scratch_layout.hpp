#if defined(GNC_KERNELS_DRAW_SCRATCH_LAYOUT_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_DRAW_SCRATCH_LAYOUT_HPP
#undef GNC_KERNELS_DRAW_SCRATCH_LAYOUT_HPP
#else
#define GNC_KERNELS_DRAW_SCRATCH_LAYOUT_HPP
#endif

#include <cstddef>
#include <cstdint>

#include "kernels/cell_view.hpp"
#include "kernels/draw_form.hpp"
#include "kernels/draw_scratch.hpp"
#include "kernels/lane_scope.hpp"

GNC_LANES_BEGIN

// Fixed for all kinds of lanes: the grouping of additions, and with it every bit of a loss, depends on them.
constexpr int kWindowEntries = 256;
constexpr int kHiddenTile = 40;

/// Places everything from `memory` on; `n_floats` receives the number of floats.
template <class L>
GNC_FN DrawScratch place_draw_scratch_of(const CellView& cell, float* memory, std::size_t& n_floats) {
  const std::int64_t tile =
      cell.depth == 2 ? (cell.width < 2 * kHiddenTile ? cell.width : kHiddenTile) : cell.width;
  const DrawForm form = draw_form(cell);
  const TriangularShape triangular(cell);
  const bool is_triangular = form == DrawForm::Triangular;
  const std::int64_t hidden = cell.depth == 1 || is_triangular ? 0 : cell.n_rows * tile;
  std::int64_t factor = 0;
  if (is_triangular) factor = static_cast<std::int64_t>(triangular.rows) * triangular.inner;
  if (form == DrawForm::Cholesky) factor = static_cast<std::int64_t>(cell.n_rows) * cell.n_rows;

  n_floats = 0;
  const auto place = [&](std::int64_t entries) GNC_LAMBDA {
    float* const at = memory + n_floats;
    n_floats += static_cast<std::size_t>(entries) * static_cast<std::size_t>(L::size);
    return at;
  };
  DrawScratch scratch;
  scratch.window = place(kWindowEntries);
  scratch.window_entries = kWindowEntries;
  scratch.hidden = place(hidden);
  scratch.next_hidden = place(cell.depth > 2 ? hidden : 0);
  scratch.Y = place(cell.n_entries());
  scratch.factor = place(factor);
  scratch.transposed = place(is_triangular && triangular.transposed ? cell.n_entries() : 0);
  scratch.chi_numbers = place(is_triangular ? 2 * (triangular.inner + 1) : 0);
  scratch.hidden_tile = static_cast<int>(tile);
  return scratch;
}

GNC_LANES_END

#endif
