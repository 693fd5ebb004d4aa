#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/batched/accepted_row.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/conditional/weight_table.hpp"
#include "kernels/conditional_draws.hpp"
#include "kernels/conditional_view.hpp"
#include "kernels/fused/fused_draw.hpp"
#include "kernels/interleaved_lanes.hpp"

namespace gnc {

/// A cell of estimator `conditional`.
struct ConditionalCell {
  CellView cell;
  ConditionalView measurements;

  int n_entries() const { return cell.n_entries(); }
};

/// What a batch needs to know of one tolerance.
struct WeightAim {
  double squared_radius;
  ScaledReal least_listed;  ///< draws whose weight is below it are not listed
  bool lists_all;           ///< all draws of nonzero weight are
};

/// A draw of nonzero weight that the host has to meet. Without padding, which a copy would carry unset.
struct ListedDraw {
  std::uint32_t row;
  std::uint16_t tolerance;
  std::uint16_t is_summed;  ///< whether the table has its terms, 0 or 1
  ScaledReal weight;
  double mean_loss;
  double drawn_loss;
};
static_assert(sizeof(ListedDraw) == 40);

/// One draw of estimator `conditional`, a row of a batch per index: its hidden layers, and its weights at all
/// tolerances, into the table and the list.
template <Activation kActivation>
struct ConditionalDraw {
  using Draws = plain::ConditionalDraws<plain::InterleavedLanes, plain::InterleavedDoubles>;
  static_assert(Draws::groups == 1);

  ConditionalCell cell;  ///< its matrices on the device
  AskedRows asked;
  float* memory;              ///< `memory_floats` for every kInterleaved rows
  std::size_t memory_floats;  ///< Draws::floats
  const WeightAim* aims;      ///< of the table's tolerances
  float* prior_losses;        ///< by row
  WeightTable table;
  ListedDraw* listed;
  std::uint32_t* n_listed;

  GNC_FN void operator()(std::uint32_t row) const {
    if (!asked.contains(row)) return;
    constexpr auto kThreads = static_cast<std::uint32_t>(plain::kInterleaved);
    Draws draws(cell.cell, cell.measurements, memory + row / kThreads * memory_floats,
                static_cast<int>(row % kThreads));
    draws.template draw<kActivation>(asked.first_draw + row);
    draws.take(0);
    prior_losses[row] = static_cast<float>(draws.prior_loss());
    for (int t = 0; t < table.tolerances; ++t) {
      const WeightAim& aim = aims[t];
      if (aim.squared_radius <= 0.0) continue;
      const auto weighed = draws.weigh(aim.squared_radius);
      if (!(weighed.squared_residual < aim.squared_radius)) continue;
      const ScaledReal weight = ScaledReal::of(weighed.fraction, static_cast<std::int64_t>(weighed.exponent));
      if (weight.fraction == 0.0) continue;
      const bool is_summed = table.add(row, t, weight, weighed.mean_loss);
      if (is_summed && !aim.lists_all && weight.below(aim.least_listed)) continue;
      listed[next_place(n_listed)] = {row,
                                      static_cast<std::uint16_t>(t),
                                      static_cast<std::uint16_t>(is_summed),
                                      weight,
                                      weighed.mean_loss,
                                      draws.drawn_loss()};
    }
  }
};

/// A row's term of the prior's sums.
struct ConditionalPriorTerm {
  AskedRows asked;
  const float* prior_losses;

  GNC_FN LossSums operator()(std::uint32_t row) const {
    LossSums term;
    if (asked.contains(row)) term.add(prior_losses[row]);
    return term;
  }
};

}  // namespace gnc
