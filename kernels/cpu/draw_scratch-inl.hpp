#if defined(GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP
#undef GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP
#else
#define GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP
#endif

#include <cstddef>

#include "kernels/cell_view.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/draw_scratch.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

// Fixed for all targets: the grouping of additions, and with it every bit of a loss, depends on them.
constexpr int kWindowEntries = 256;
constexpr int kHiddenTile = 40;

inline DrawScratch place_draw_scratch(const CellView& cell, float* memory) {
  constexpr int kLanes = SimdLanes::size;
  const std::int64_t tile =
      cell.depth == 2 ? (cell.width < 2 * kHiddenTile ? cell.width : kHiddenTile) : cell.width;
  const std::int64_t hidden = cell.depth == 1 ? 0 : cell.n_rows * tile;
  DrawScratch scratch;
  scratch.window = memory;
  scratch.window_entries = kWindowEntries;
  scratch.hidden = scratch.window + kWindowEntries * kLanes;
  scratch.next_hidden = scratch.hidden + hidden * kLanes;
  scratch.Y = scratch.next_hidden + (cell.depth > 2 ? hidden : 0) * kLanes;
  scratch.hidden_tile = static_cast<int>(tile);
  return scratch;
}

inline std::size_t draw_scratch_floats(const CellView& cell) {
  const DrawScratch scratch = place_draw_scratch(cell, nullptr);
  return static_cast<std::size_t>(scratch.Y - scratch.window) +
         static_cast<std::size_t>(cell.n_entries()) * static_cast<std::size_t>(SimdLanes::size);
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#endif
