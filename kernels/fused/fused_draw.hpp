#pragma once

#include <cstdint>

#include "kernels/atomic_add.hpp"
#include "kernels/batched/accepted_row.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/losses.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// The next place of a list that other threads add to. The compiler makes one addition of a warp's.
GNC_FN std::uint32_t next_place(std::uint32_t* counter) { return atomic_add(counter, 1u); }

/// Where a row of the prior's share has its place among those of a batch that begins at a multiple of
/// kPriorBlock * kPriorEvery draws.
struct PriorPlaces {
  static GNC_FN std::uint32_t place_of(std::uint32_t row) {
    return row / (kPriorBlock * kPriorEvery) * kPriorBlock + row % kPriorBlock;
  }
  static GNC_FN std::uint32_t row_at(std::uint32_t place) {
    return place / kPriorBlock * (kPriorBlock * kPriorEvery) + place % kPriorBlock;
  }
};

/// One draw from its numbers to its fate, a row of a batch per index, from `first_row` on: drawn, multiplied,
/// filtered, and forgotten unless it is accepted or in the prior's share.
template <class Shape, Activation kActivation, Prior kPrior>
struct FusedDraw {
  static constexpr int resident_blocks = Shape::resident_blocks;

  typename Shape::Cell cell;
  std::uint64_t first_draw;  ///< of the batch
  std::uint32_t first_row;
  float bound;       ///< squared residuals from here on are not accepted
  double tolerance;  ///< the largest
  float* prior_losses;
  AcceptedRow* accepted;
  std::uint32_t* n_accepted;

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const CellView view = cell.view();
    const std::uint32_t row = first_row + i;
    const std::uint64_t draw = first_draw + row;
    float Y[Shape::entries];
    Shape::template multiply<kActivation, kPrior>(view, draw, Y);
    const float factor = plain::output_factor<L>(view, Y);
    const float squared_residual = plain::filtered_residual<L>(view, Y, factor, bound);
    const float train_loss = squared_residual / static_cast<float>(view.n_train);
    const bool is_accepted = squared_residual < bound && static_cast<double>(train_loss) < tolerance;
    const bool in_share = in_prior_share(draw);
    if (!is_accepted && !in_share) return;
    const float gen_loss = plain::generalization_loss<L>(view, Y, factor);
    if (in_share) prior_losses[PriorPlaces::place_of(row)] = gen_loss;
    if (is_accepted) accepted[next_place(n_accepted)] = {row, train_loss, gen_loss};
  }
};

/// A place's term of the prior's sums.
struct FusedPriorTerm {
  AskedRows asked;
  const float* prior_losses;

  GNC_FN LossSums operator()(std::uint32_t place) const {
    LossSums term;
    if (asked.contains(PriorPlaces::row_at(place))) term.add(prior_losses[place]);
    return term;
  }
};

/// End-to-end matrices of the rows that are kept, drawn once more, one row per index.
template <class Shape, Activation kActivation, Prior kPrior>
struct RedrawY {
  typename Shape::Cell cell;
  std::uint64_t first_draw;
  const std::uint32_t* rows;
  float* to;

  GNC_FN void operator()(std::uint32_t i) const {
    const CellView view = cell.view();
    float Y[Shape::entries];
    Shape::template multiply<kActivation, kPrior>(view, first_draw + rows[i], Y);
    const float factor = plain::output_factor<plain::ScalarLanes>(view, Y);
    const int p = view.n_entries();
    for (int e = 0; e < p; ++e)
      to[static_cast<std::size_t>(i) * static_cast<std::size_t>(p) + static_cast<std::size_t>(e)] =
          factor * Y[e];
  }
};

}  // namespace gnc
