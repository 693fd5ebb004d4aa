#include "kernels/cpu/conditional_kernel.hpp"

#include "kernels/conditional_tally.hpp"
#include "kernels/cpu/simd_selection.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conditional_kernel.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "hwy/highway.h"
#include "kernels/conditional_draws.hpp"
#include "kernels/cpu/double_lanes-inl.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

using L = SimdLanes;
using R = DoubleLanes;
using Draws = ConditionalDraws<L, R>;
constexpr auto kLanes = static_cast<std::uint64_t>(L::size);

std::size_t block_scratch_floats(const CellView& cell, const ConditionalView& view) {
  return Draws::floats(cell, view);
}

template <Activation kActivation>
void draw_block_with(Draws& draws, std::uint64_t first) {
  draws.draw<kActivation>(first);
}

void draw_block(const CellView& cell, Draws& draws, std::uint64_t first) {
  with_activation(cell.activation,
                  [&]<Activation kActivation>() { draw_block_with<kActivation>(draws, first); });
}

/// Draws first .. first + R::size - 1 of a group; those in begin .. end - 1 count.
void tally_group(const ConditionalView& view, Draws& draws, std::uint64_t first, std::uint64_t begin,
                 std::uint64_t end, ConditionalTally& tally) {
  alignas(64) double residuals[R::size];
  alignas(64) double exponents[R::size];
  alignas(64) double fractions[R::size];
  alignas(64) double mean_losses[R::size];
  alignas(64) double drawn_losses[R::size] = {};
  const auto inside = [&](int lane) {
    const std::uint64_t index = first + static_cast<std::uint64_t>(lane);
    return index >= begin && index < end;
  };
  R::store(draws.prior_loss(), mean_losses);
  for (int lane = 0; lane < R::size; ++lane) {
    if (inside(lane)) tally.add_prior(static_cast<float>(mean_losses[lane]));
  }
  for (std::size_t t = 0; t < tally.tolerances().size(); ++t) {
    const double bound = view.squared_radius(tally.tolerances()[t]);
    if (bound <= 0.0) continue;
    WeightTallyBuilder& weights = tally.weights(t);
    const ConditionalWeights<R> weighed = draws.weigh(bound);
    R::store(weighed.exponent, exponents);
    R::store(weighed.fraction, fractions);
    R::store(weighed.squared_residual, residuals);
    R::store(weighed.mean_loss, mean_losses);
    ScaledReal found[R::size];
    bool wants_loss = false;
    for (int lane = 0; lane < R::size; ++lane) {
      if (!inside(lane) || !(residuals[lane] < bound)) continue;
      found[lane] = ScaledReal::of(fractions[lane], static_cast<std::int64_t>(exponents[lane]));
      wants_loss = wants_loss || (found[lane].fraction > 0.0 && weights.wants_loss(found[lane]));
    }
    if (wants_loss) R::store(draws.drawn_loss(), drawn_losses);
    for (int lane = 0; lane < R::size; ++lane) {
      weights.add(first + static_cast<std::uint64_t>(lane), found[lane], mean_losses[lane],
                  drawn_losses[lane]);
    }
  }
}

void run_conditional_on_target(const CellView& cell, const ConditionalView& view, std::uint64_t begin,
                               std::uint64_t end, float* memory, ConditionalTally& tally) {
  Draws draws(cell, view, memory);
  for (std::uint64_t first = begin / kLanes * kLanes; first < end; first += kLanes) {
    draw_block(cell, draws, first);
    for (int group = 0; group < Draws::groups; ++group) {
      draws.take(group);
      tally_group(view, draws, first + static_cast<std::uint64_t>(group * R::size), begin, end, tally);
    }
  }
}

void probe_conditional_on_target(const CellView& cell, const ConditionalView& view, double tolerance,
                                 std::uint64_t index, float* memory, ConditionalProbe& probe) {
  Draws draws(cell, view, memory);
  draw_block(cell, draws, index / kLanes * kLanes);
  const int lane = static_cast<int>(index % kLanes);
  draws.take(lane / R::size);
  const TiltedDraw<R> draw = draws.tilted(view.squared_radius(tolerance));
  alignas(64) double lanes[R::size];
  R::store(draw.tilt, lanes);
  probe.tilt = lanes[lane % R::size];
  R::store(draw.log_weight, lanes);
  probe.log_weight = lanes[lane % R::size];
  R::store(draw.squared_residual, lanes);
  probe.squared_residual = lanes[lane % R::size];
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace gnc {

HWY_EXPORT(run_conditional_on_target);
HWY_EXPORT(probe_conditional_on_target);
HWY_EXPORT(block_scratch_floats);

std::size_t conditional_scratch_bytes(const CellView& cell, const ConditionalView& view) {
  return HWY_DYNAMIC_DISPATCH(block_scratch_floats)(cell, view) * sizeof(float);
}

ConditionalProbe probe_conditional(const CellView& cell, const ConditionalView& view, double tolerance,
                                   std::uint64_t index, ScratchMemory& memory) {
  ConditionalProbe probe;
  float* const scratch = memory.reserve(conditional_scratch_bytes(cell, view) / sizeof(float));
  HWY_DYNAMIC_DISPATCH(probe_conditional_on_target)(cell, view, tolerance, index, scratch, probe);
  return probe;
}

DrawTally run_conditional(const CellView& cell, const ConditionalView& view,
                          std::span<const double> tolerances, std::uint64_t begin, std::uint64_t end,
                          const StoreLimits& max_stored, ScratchMemory& memory) {
  ConditionalTally tally(tolerances, static_cast<std::size_t>(cell.n_entries()), max_stored);
  float* const scratch = memory.reserve(conditional_scratch_bytes(cell, view) / sizeof(float));
  HWY_DYNAMIC_DISPATCH(run_conditional_on_target)(cell, view, begin, end, scratch, tally);
  return tally.take(end - begin);
}

}  // namespace gnc
#endif
