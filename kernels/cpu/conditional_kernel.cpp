#include "kernels/cpu/conditional_kernel.hpp"

#include <vector>

#include "kernels/cpu/simd_selection.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conditional_kernel.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "hwy/highway.h"
#include "kernels/conditional.hpp"
#include "kernels/cpu/double_lanes-inl.hpp"
#include "kernels/cpu/draw_scratch-inl.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/end_to_end.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

using L = SimdLanes;
using R = DoubleLanes;
constexpr int kGroups = L::size / R::size;
static_assert(kGroups * R::size == L::size);

/// Working memory of a block of L::size hidden draws.
struct BlockScratch {
  DrawScratch draws;
  float* numbers = nullptr;  ///< normal numbers, of all lanes
  double* gram = nullptr;    ///< Gram matrices [group][entry][lane of the group], lower triangles
  double* hidden = nullptr;  ///< hidden units of one group as doubles
  ConditionalScratch<R> conditional;
  int n_numbers = 0;  ///< a multiple of 4

  /// Places everything from `memory` on; returns the number of floats.
  std::size_t place(const CellView& cell, const ConditionalView& view, float* memory) {
    std::size_t used = draw_scratch_floats(cell);
    draws = place_draw_scratch(cell, memory);
    const auto floats = [&](std::int64_t count) {
      float* at = memory + used;
      used += (static_cast<std::size_t>(count) + 15) / 16 * 16;
      return at;
    };
    used = (used + 15) / 16 * 16;
    n_numbers = (view.n_train_rows + cell.n_entries() + 3) / 4 * 4;
    numbers = floats(static_cast<std::int64_t>(n_numbers) * L::size);
    const auto doubles = [&](std::int64_t count) { return reinterpret_cast<double*>(floats(2 * count)); };
    const std::int64_t m = cell.n_rows;
    gram = doubles(m * m * L::size);
    hidden = doubles(m * hidden_units_at_once(cell, draws) * R::size);
    conditional.place(cell, view, doubles(ConditionalScratch<R>::entries(cell, view) * R::size));
    return used;
  }
};

std::size_t block_scratch_floats(const CellView& cell, const ConditionalView& view) {
  return BlockScratch().place(cell, view, nullptr);
}

/// gram (+)= H Hᵀ for `units` hidden units of all lanes.
void add_gram(const CellView& cell, const float* hidden, int units, bool accumulate,
              const BlockScratch& scratch) {
  const int m = cell.n_rows;
  for (int group = 0; group < kGroups; ++group) {
    for (int e = 0; e < m * units; ++e) {
      R::store(R::promote(hidden + e * L::size + group * R::size), scratch.hidden + e * R::size);
    }
    double* const gram = scratch.gram + group * m * m * R::size;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j <= i; ++j) {
        double* const at = gram + (i * m + j) * R::size;
        auto even = accumulate ? R::load(at) : R::set(0.0);
        auto odd = R::set(0.0);
        const double* x = scratch.hidden + i * units * R::size;
        const double* y = scratch.hidden + j * units * R::size;
        int u = 0;
        for (; u + 2 <= units; u += 2) {
          even = R::fma(R::load(x + u * R::size), R::load(y + u * R::size), even);
          odd = R::fma(R::load(x + (u + 1) * R::size), R::load(y + (u + 1) * R::size), odd);
        }
        if (u < units) even = R::fma(R::load(x + u * R::size), R::load(y + u * R::size), even);
        R::store(even + odd, at);
      }
    }
  }
}

template <Activation kActivation>
void hidden_grams(const CellView& cell, WeightWindow<L, Prior::Gauss>& weights, const BlockScratch& scratch) {
  const int tile = hidden_units_at_once(cell, scratch.draws);
  for (int from = 0; from < cell.width; from += tile) {
    const int units = cell.width - from < tile ? cell.width - from : tile;
    const float* hidden = last_hidden_layer<L, kActivation>(cell, weights, from, units, scratch.draws);
    add_gram(cell, hidden, units, from > 0, scratch);
  }
}

/// H = Y_0 = I, of a network without a hidden layer.
void unit_grams(const CellView& cell, const BlockScratch& scratch) {
  const int m = cell.n_rows;
  for (int group = 0; group < kGroups; ++group) {
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j <= i; ++j) {
        R::store(R::set(i == j ? 1.0 : 0.0), scratch.gram + ((group * m + i) * m + j) * R::size);
      }
    }
  }
}

/// One group's K, both triangles, and its normal numbers as doubles.
void load_group(const CellView& cell, const ConditionalView& view, int group, const BlockScratch& scratch) {
  const int m = cell.n_rows;
  const double* const gram = scratch.gram + group * m * m * R::size;
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j <= i; ++j) {
      const auto k = R::load(gram + (i * m + j) * R::size) * R::set(view.gram_scale);
      R::store(k, scratch.conditional.K + (i * m + j) * R::size);
      R::store(k, scratch.conditional.K + (j * m + i) * R::size);
    }
  }
  for (int e = 0; e < view.n_train_rows + cell.n_entries(); ++e) {
    R::store(R::promote(scratch.numbers + e * L::size + group * R::size),
             scratch.conditional.numbers + e * R::size);
  }
}

/// Draws first .. first + R::size - 1; those in begin .. end - 1 count.
void tally_group(const CellView& cell, const ConditionalView& view, std::span<const double> tolerances,
                 std::uint64_t first, std::uint64_t begin, std::uint64_t end, const BlockScratch& scratch,
                 std::vector<WeightTallyBuilder>& tallies, LossSums& prior) {
  alignas(64) double residuals[R::size];
  alignas(64) double exponents[R::size];
  alignas(64) double fractions[R::size];
  alignas(64) double mean_losses[R::size];
  alignas(64) double drawn_losses[R::size] = {};
  const auto inside = [&](int lane) {
    const std::uint64_t index = first + static_cast<std::uint64_t>(lane);
    return index >= begin && index < end;
  };
  const auto trace = complement_trace<R>(cell, view, scratch.conditional);
  double targets = 0.0;
  for (int i = 0; i < view.n_test; ++i) targets += view.b_test[i] * view.b_test[i];
  R::store((trace + R::set(targets)) / R::set(static_cast<double>(view.n_test)), mean_losses);
  for (int lane = 0; lane < R::size; ++lane) {
    if (inside(lane)) prior.add(static_cast<float>(mean_losses[lane]));
  }
  const auto free_variance = prepare_hidden_draw<R>(cell, view, scratch.conditional, trace);
  bool drawn = false;
  for (std::size_t t = 0; t < tolerances.size(); ++t) {
    const double bound = tolerances[t] * view.n_train - view.base;
    if (bound <= 0.0) continue;
    TiltedDraw<R> draw;
    tilted_draw<R>(view, scratch.conditional, bound, free_variance, draw);
    const bool wants = tallies[t].wants_posterior();
    if (wants) {
      if (!drawn) unconditional_draw<R>(cell, view, scratch.conditional);
      drawn = true;
      R::store(posterior_loss<R>(view, scratch.conditional), drawn_losses);
    }
    const auto octaves = draw.log_weight * R::set(1.4426950408889634);
    const auto whole = R::floor(octaves);
    R::store(whole, exponents);
    R::store(R::exp((octaves - whole) * R::set(0.6931471805599453)), fractions);
    R::store(draw.squared_residual, residuals);
    R::store(draw.mean_loss, mean_losses);
    for (int lane = 0; lane < R::size; ++lane) {
      if (!inside(lane) || !(residuals[lane] < bound)) continue;
      tallies[t].add(first + static_cast<std::uint64_t>(lane),
                     ScaledReal::of(fractions[lane], static_cast<std::int64_t>(exponents[lane])),
                     mean_losses[lane], drawn_losses[lane]);
    }
  }
}

/// The hidden layers' Gram matrices and the normal numbers of draws first .. first + L::size - 1.
void draw_block(const CellView& cell, std::uint64_t first, WeightWindow<L, Prior::Gauss>& weights,
                PhiloxSamples<L>& samples, const BlockScratch& scratch) {
  if (cell.depth == 1) {
    unit_grams(cell, scratch);
  } else {
    weights.move_to(first);
    with_activation(cell.activation,
                    [&]<Activation kActivation>() { hidden_grams<kActivation>(cell, weights, scratch); });
  }
  samples.move_to(first);
  draw_words<L>(samples, 0, scratch.n_numbers / 4, scratch.numbers);
  weights_from_words<L, Prior::Gauss>(scratch.n_numbers, scratch.numbers);
}

void run_conditional_on_target(const CellView& cell, const ConditionalView& view,
                               std::span<const double> tolerances, std::uint64_t begin, std::uint64_t end,
                               float* memory, std::vector<WeightTallyBuilder>& tallies, LossSums& prior) {
  constexpr auto kLanes = static_cast<std::uint64_t>(L::size);
  BlockScratch scratch;
  scratch.place(cell, view, memory);
  auto weights = hidden_window<L, Prior::Gauss>(cell, scratch.draws);
  PhiloxSamples<L> samples(cell.key, Stream::Conditional);
  for (std::uint64_t first = begin / kLanes * kLanes; first < end; first += kLanes) {
    draw_block(cell, first, weights, samples, scratch);
    for (int group = 0; group < kGroups; ++group) {
      load_group(cell, view, group, scratch);
      tally_group(cell, view, tolerances, first + static_cast<std::uint64_t>(group * R::size), begin, end,
                  scratch, tallies, prior);
    }
  }
}

void probe_conditional_on_target(const CellView& cell, const ConditionalView& view, double tolerance,
                                 std::uint64_t index, float* memory, ConditionalProbe& probe) {
  constexpr auto kLanes = static_cast<std::uint64_t>(L::size);
  BlockScratch scratch;
  scratch.place(cell, view, memory);
  auto weights = hidden_window<L, Prior::Gauss>(cell, scratch.draws);
  PhiloxSamples<L> samples(cell.key, Stream::Conditional);
  draw_block(cell, index / kLanes * kLanes, weights, samples, scratch);
  const int lane = static_cast<int>(index % kLanes);
  load_group(cell, view, lane / R::size, scratch);
  const auto trace = complement_trace<R>(cell, view, scratch.conditional);
  const auto free_variance = prepare_hidden_draw<R>(cell, view, scratch.conditional, trace);
  TiltedDraw<R> draw;
  tilted_draw<R>(view, scratch.conditional, tolerance * view.n_train - view.base, free_variance, draw);
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
                          std::size_t max_stored, ScratchMemory& memory) {
  std::vector<WeightTallyBuilder> tallies(tolerances.size(), WeightTallyBuilder(max_stored));
  DrawTally result;
  float* const scratch = memory.reserve(conditional_scratch_bytes(cell, view) / sizeof(float));
  HWY_DYNAMIC_DISPATCH(run_conditional_on_target)
  (cell, view, tolerances, begin, end, scratch, tallies, result.prior);
  result.drawn = end - begin;
  for (WeightTallyBuilder& tally : tallies) {
    result.weighted.push_back(tally.take());
    LossSums& accepted = result.accepted.emplace_back();
    accepted.count = result.weighted.back().nonzero;
  }
  return result;
}

}  // namespace gnc
#endif
