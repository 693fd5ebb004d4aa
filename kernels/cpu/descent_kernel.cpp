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

template <Activation kActivation>
double epochs_with(const DescentModel& model, const DescentArrays& arrays, double decay_power,
                   std::int64_t count) {
  for (std::int64_t epoch = 0; epoch < count; ++epoch) {
    decay_power *= static_cast<double>(kRmspropDecay);
    descent_epoch<L, kActivation>(model, arrays, static_cast<float>(1.0 - decay_power));
  }
  descent_forward<L, kActivation>(model, arrays);
  return decay_power;
}

/// Runs the epochs, then the forward pass once more; returns a^t.
double epochs_on_target(const DescentModel& model, const DescentArrays& arrays, double decay_power,
                        std::int64_t count) {
  switch (model.activation) {
    case Activation::Tanh:
      return epochs_with<Activation::Tanh>(model, arrays, decay_power, count);
    case Activation::LeakyRelu:
      return epochs_with<Activation::LeakyRelu>(model, arrays, decay_power, count);
    default:
      return epochs_with<Activation::Linear>(model, arrays, decay_power, count);
  }
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
  const std::int64_t weights = model.n_weights();
  const std::int64_t hidden = model.n_hidden();
  const std::int64_t delta = model.depth > 2 ? 2 * static_cast<std::int64_t>(model.n_rows) * model.width : 0;
  const std::int64_t p = model.n_entries();
  const std::int64_t velocity = model.momentum != 0.0f ? weights : 0;
  const std::int64_t entries = 2 * weights + velocity + 2 * hidden + delta + 2 * p +
                               (p + 2) * static_cast<std::int64_t>(model.n_train) + 2;
  const auto floats = static_cast<std::size_t>(entries * lanes_);
  float* next = memory_.reserve(floats);
  std::fill_n(next, floats, 0.0f);
  const auto take = [&](std::int64_t count) {
    float* taken = next;
    next += count * lanes_;
    return taken;
  };
  arrays_.weights = take(weights);
  arrays_.gradients = take(weights);
  arrays_.velocity = velocity > 0 ? take(velocity) : nullptr;
  arrays_.hidden = take(hidden);
  arrays_.slopes = take(hidden);
  arrays_.delta = take(delta);
  arrays_.Y = take(p);
  arrays_.Y_gradient = take(p);
  arrays_.residual = take(model.n_train);
  arrays_.A_train = A_train_ = take(p * model.n_train);
  arrays_.b_train = b_train_ = take(model.n_train);
  arrays_.lr = lr_ = take(1);
  arrays_.mean_square = take(1);
}

void DescentGroup::run_epochs(std::int64_t count) {
  decay_power_ = HWY_DYNAMIC_DISPATCH(epochs_on_target)(model_, arrays_, decay_power_, count);
}

void DescentGroup::update_Y() { run_epochs(0); }

}  // namespace gnc
#endif
