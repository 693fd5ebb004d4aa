#include "kernels/cpu/draw_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels/cpu/simd_selection.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/draw_kernel.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "hwy/highway.h"
#include "kernels/cholesky_draws.hpp"
#include "kernels/cpu/draw_scratch-inl.hpp"
#include "kernels/cpu/highway_lanes-inl.hpp"
#include "kernels/factors_draws.hpp"
#include "kernels/level_bounds.hpp"
#include "kernels/losses.hpp"
#include "kernels/triangular_draws.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

using L = SimdLanes;

std::size_t scratch_floats_on_target(const CellView& cell) { return draw_scratch_floats(cell); }

/// Calls with the cell's activation and prior as compile-time constants.
template <template <Activation, Prior> class Call, class... Args>
auto with_model(const CellView& cell, Args&&... args) {
  return with_activation(cell.activation, [&]<Activation kActivation>() {
    return with_prior(cell.prior,
                      [&]<Prior kPrior>() { return Call<kActivation, kPrior>::run(cell, args...); });
  });
}

/// Calls with the cell's draws, in the form that draw_form tells.
template <Activation kActivation, Prior kPrior, class Call>
void with_draws(const CellView& cell, const DrawScratch& scratch, const Call& call) {
  const DrawForm form = draw_form(cell);
  if constexpr (kPrior == Prior::Gauss) {
    if constexpr (kActivation == Activation::Linear) {
      if (form == DrawForm::Triangular) return call(TriangularDraws<L>(cell, scratch));
    } else {
      if (form == DrawForm::Cholesky) return call(CholeskyDraws<L, kActivation>(cell, scratch));
    }
  }
  call(FactorsDraws<L, kActivation, kPrior>(cell, scratch));
}

template <Activation kActivation, Prior kPrior>
struct RunDraws {
  static void run(const CellView& cell, const DrawScratch& scratch, std::uint64_t begin, std::uint64_t end,
                  float bound, TallyBuilder& tally) {
    with_draws<kActivation, kPrior>(
        cell, scratch, [&](auto draws) { run_with(draws, cell, scratch, begin, end, bound, tally); });
  }

 private:
  template <class Draws>
  static void run_with(Draws& draws, const CellView& cell, const DrawScratch& scratch, std::uint64_t begin,
                       std::uint64_t end, float bound, TallyBuilder& tally) {
    constexpr auto kLanes = static_cast<std::uint64_t>(L::size);
    alignas(64) float squared_residuals[L::size];
    alignas(64) float gen_losses[L::size];
    alignas(64) float factors[L::size];
    for (std::uint64_t first = begin / kLanes * kLanes; first < end; first += kLanes) {
      draws.end_to_end_of(first);
      const auto factor = output_factor<L>(cell, scratch.Y);
      const auto squared_residual = filtered_residual<L>(cell, scratch.Y, factor, bound);
      const std::uint64_t candidates = L::bits(L::less(squared_residual, L::set(bound)));
      const bool prior_share = in_prior_share(first);
      if (candidates == 0 && !prior_share) continue;
      L::store(squared_residual, squared_residuals);
      L::store(generalization_loss<L>(cell, scratch.Y, factor), gen_losses);
      L::store(factor, factors);
      for (int lane = 0; lane < L::size; ++lane) {
        const std::uint64_t index = first + static_cast<std::uint64_t>(lane);
        if (index < begin || index >= end) continue;
        if (prior_share) tally.add_prior(gen_losses[lane]);
        if ((candidates >> lane & 1) == 0) continue;
        tally.add_candidate(index, squared_residuals[lane] / static_cast<float>(cell.n_train),
                            gen_losses[lane], {scratch.Y + lane, L::size, factors[lane]});
      }
    }
  }
};

void run_draws_on_target(const CellView& cell, std::uint64_t begin, std::uint64_t end, float bound,
                         float* memory, TallyBuilder& tally) {
  with_model<RunDraws>(cell, place_draw_scratch(cell, memory), begin, end, bound, tally);
}

/// `count` entries of one lane.
std::vector<float> lane_of(const float* entries, int count, std::uint64_t lane) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t e = 0; e < values.size(); ++e)
    values[e] = entries[e * static_cast<std::size_t>(L::size) + lane];
  return values;
}

/// L_1, .., L_{d-1}, G of one draw.
std::vector<float> triangular_factors(const CellView& cell, const DrawScratch& scratch, std::uint64_t first,
                                      std::uint64_t lane) {
  TriangularDraws<L> draws(cell, scratch);
  const TriangularShape& shape = draws.shape();
  draws.move_to(first);
  std::vector<float> factors = lane_of(draws.draw_last(), shape.inner * shape.cols, lane);
  for (int layer = cell.depth - 1; layer >= 1; --layer) {
    std::vector<float> with = lane_of(draws.draw_factor(layer), shape.rows_of(layer) * shape.inner, lane);
    with.insert(with.end(), factors.begin(), factors.end());
    factors = std::move(with);
  }
  return factors;
}

/// The hidden layer of one draw, n_rows x width.
template <Activation kActivation>
std::vector<float> hidden_layer(const CellView& cell, const DrawScratch& scratch, std::uint64_t first,
                                std::uint64_t lane) {
  std::vector<float> layer(static_cast<std::size_t>(cell.n_rows) * static_cast<std::size_t>(cell.width));
  CholeskyDraws<L, kActivation>(cell, scratch)
      .for_hidden_tiles(first, [&](const float* hidden, int from, int units) {
        for (int row = 0; row < cell.n_rows; ++row) {
          const std::vector<float> part = lane_of(hidden + row * units * L::size, units, lane);
          std::copy(part.begin(), part.end(), layer.begin() + row * cell.width + from);
        }
      });
  return layer;
}

template <Activation kActivation, Prior kPrior>
struct Replay {
  static void run(const CellView& cell, const DrawScratch& scratch, std::uint64_t index, ReplayedDraw& draw) {
    constexpr auto kLanes = static_cast<std::uint64_t>(L::size);
    const std::uint64_t first = index / kLanes * kLanes;
    const std::uint64_t lane = index - first;
    const std::int64_t total = n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth);
    WeightWindow<L, kPrior> in_order(cell, Stream::Draws, total, true, scratch.window,
                                     scratch.window_entries);
    in_order.move_to(first);
    draw.weights.resize(static_cast<std::size_t>(total));
    for (std::int64_t i = 0; i < total; ++i) {
      draw.weights[static_cast<std::size_t>(i)] = in_order.read(i, 1, total)[lane];
    }
    const DrawForm form = draw_form(cell);
    if (form == DrawForm::Triangular) draw.factors = triangular_factors(cell, scratch, first, lane);
    if (form == DrawForm::Cholesky) draw.hidden = hidden_layer<kActivation>(cell, scratch, first, lane);
    with_draws<kActivation, kPrior>(cell, scratch, [&](auto draws) { draws.end_to_end_of(first); });
    draw.product = lane_of(scratch.Y, cell.n_entries(), lane);
    const auto factor = output_factor<L>(cell, scratch.Y);
    alignas(64) float lanes[L::size];
    L::store(factor, lanes);
    draw.Y = draw.product;
    for (float& y : draw.Y) y *= lanes[lane];
    L::store(filtered_residual<L>(cell, scratch.Y, factor, HUGE_VALF), lanes);
    draw.train_loss = lanes[lane] / static_cast<float>(cell.n_train);
    L::store(generalization_loss<L>(cell, scratch.Y, factor), lanes);
    draw.gen_loss = lanes[lane];
  }
};

void replay_on_target(const CellView& cell, std::uint64_t index, float* memory, ReplayedDraw& draw) {
  with_model<Replay>(cell, place_draw_scratch(cell, memory), index, draw);
}

template <Activation, Prior kPrior>
struct SumWeights {
  static float run(const CellView& cell, const DrawScratch& scratch, std::uint64_t begin, std::uint64_t end) {
    const std::int64_t total = numbers_per_draw(cell);
    // Four sums, so that none waits for the one before: what is measured is the drawing.
    typename L::Real sums[4];
    for (auto& sum : sums) sum = L::set(0.0f);
    WeightWindow<L, kPrior> weights(cell, Stream::Draws, total, true, scratch.window, scratch.window_entries);
    for (std::uint64_t first = begin; first < end; first += static_cast<std::uint64_t>(L::size)) {
      weights.move_to(first);
      constexpr int kStep = kWindowEntries - 4;
      for (std::int64_t i = 0; i < total; i += kStep) {
        const int count = static_cast<int>(total - i < kStep ? total - i : kStep);
        const float* w = weights.read(i, count, total);
        int j = 0;
        for (; j + 4 <= count; j += 4) {
          GNC_UNROLL
          for (int k = 0; k < 4; ++k) sums[k] = sums[k] + L::load(w + (j + k) * L::size);
        }
        for (; j < count; ++j) sums[0] = sums[0] + L::load(w + j * L::size);
      }
    }
    alignas(64) float lanes[L::size];
    L::store((sums[0] + sums[1]) + (sums[2] + sums[3]), lanes);
    float all = 0.0f;
    for (const float lane : lanes) all += lane;
    return all;
  }
};

float sum_weights_on_target(const CellView& cell, std::uint64_t begin, std::uint64_t end, float* memory) {
  return with_model<SumWeights>(cell, place_draw_scratch(cell, memory), begin, end);
}

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace gnc {

HWY_EXPORT(run_draws_on_target);
HWY_EXPORT(replay_on_target);
HWY_EXPORT(sum_weights_on_target);
HWY_EXPORT(scratch_floats_on_target);

std::size_t scratch_floats(const CellView& cell) {
  return HWY_DYNAMIC_DISPATCH(scratch_floats_on_target)(cell);
}

DrawTally run_draws(const CellView& cell, std::span<const double> tolerances, std::uint64_t begin,
                    std::uint64_t end, const StoreLimits& max_stored, ScratchMemory& memory) {
  TallyBuilder tally(tolerances, static_cast<std::size_t>(cell.n_entries()), max_stored);
  HWY_DYNAMIC_DISPATCH(run_draws_on_target)
  (cell, begin, end, residual_bound(tolerances.front(), cell.n_train), memory.reserve(scratch_floats(cell)),
   tally);
  return tally.take(end - begin);
}

ReplayedDraw replay_draw(const CellView& cell, std::uint64_t index, ScratchMemory& memory) {
  ReplayedDraw draw;
  HWY_DYNAMIC_DISPATCH(replay_on_target)(cell, index, memory.reserve(scratch_floats(cell)), draw);
  return draw;
}

float sum_weights(const CellView& cell, std::uint64_t begin, std::uint64_t end, ScratchMemory& memory) {
  return HWY_DYNAMIC_DISPATCH(sum_weights_on_target)(cell, begin, end, memory.reserve(scratch_floats(cell)));
}

}  // namespace gnc
#endif
