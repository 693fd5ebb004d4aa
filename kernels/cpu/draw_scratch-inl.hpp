#if defined(GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP
#undef GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP
#else
#define GNC_KERNELS_CPU_DRAW_SCRATCH_INL_HPP
#endif

#include <cstddef>

#include "kernels/cell_view.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/draw_scratch_layout.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

inline DrawScratch place_draw_scratch(const CellView& cell, float* memory) {
  std::size_t n_floats = 0;
  return place_draw_scratch_of<SimdLanes>(cell, memory, n_floats);
}

inline std::size_t draw_scratch_floats(const CellView& cell) {
  std::size_t n_floats = 0;
  place_draw_scratch_of<SimdLanes>(cell, nullptr, n_floats);
  return n_floats;
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#endif
