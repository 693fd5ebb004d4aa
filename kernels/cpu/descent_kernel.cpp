#include "kernels/cpu/descent_kernel.hpp"

#include <algorithm>

#include "kernels/cpu/simd_selection.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/descent_kernel.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "hwy/highway.h"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/descent.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

// Eight lanes at most: the published experiments have eight replicates.
#if HWY_TARGET == HWY_SCALAR
using L = plain::ScalarLanes;
#else
using L = HighwayLanes<hn::CappedTag<float, 8> >;
#endif

int lanes_on_target() { return L::size; }

double epochs_on_target(const DescentModel& model, const DescentArrays& arrays, double decay_power,
                        std::int64_t count) {
  return descent_epochs<L>(OneWorker(), model, arrays, decay_power, count);
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gnc {

HWY_EXPORT(lanes_on_target);
HWY_EXPORT(epochs_on_target);

int descent_lanes() { return HWY_DYNAMIC_DISPATCH(lanes_on_target)(); }

DescentGroup::DescentGroup(const DescentModel& model) : model_(model), lanes_(descent_lanes()) {
  const auto floats = static_cast<std::size_t>(n_array_entries(model) * lanes_);
  float* memory = memory_.reserve(floats);
  std::fill_n(memory, floats, 0.0f);
  arrays_ = arrays_in(model, memory, lanes_);
}

void DescentGroup::run_epochs(std::int64_t count) {
  decay_power_ = HWY_DYNAMIC_DISPATCH(epochs_on_target)(model_, arrays_, decay_power_, count);
}

void DescentGroup::update_Y() { run_epochs(0); }

}  // namespace gnc
#endif
