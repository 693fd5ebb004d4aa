#pragma once

#include <cstdint>

#include "kernels/batched/accepted_row.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/losses.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// A cell by value, its measurements included, to be the parameter of a kernel: on a device it then lies
/// where all threads read one value at once.
template <int kEntries>
struct CellByValue {
  /// Rows of the train filter, padded, and of A_test that there is room for.
  static constexpr int most_rows = (kEntries + kFilterGroup - 1) / kFilterGroup * kFilterGroup;

  CellView cell;
  float rows[most_rows * kEntries];
  float targets[most_rows];

  static bool has_room(const CellView& cell) { return cell.n_filter + cell.n_test <= most_rows; }

  explicit CellByValue(const CellView& from) : cell(from), rows{}, targets{} {
    for (int i = 0; i < cell.n_filter * kEntries; ++i) rows[i] = cell.filter_rows[i];
    for (int i = 0; i < cell.n_filter; ++i) targets[i] = cell.filter_targets[i];
    for (int i = 0; i < cell.n_test * kEntries; ++i) rows[cell.n_filter * kEntries + i] = cell.A_test[i];
    for (int i = 0; i < cell.n_test; ++i) targets[cell.n_filter + i] = cell.b_test[i];
  }

  /// The cell with its matrices here, and its sizes known to the compiler.
  template <class Shape>
  GNC_FN CellView view() const {
    CellView sized = cell;
    sized.n_rows = Shape::rows;
    sized.n_cols = Shape::cols;
    sized.filter_rows = rows;
    sized.filter_targets = targets;
    sized.A_test = rows + cell.n_filter * kEntries;
    sized.b_test = targets + cell.n_filter;
    return sized;
  }
};

/// Adds one to a counter that other threads add to; its value before.
GNC_FN std::uint32_t next_place(std::uint32_t* counter) {
#ifdef __CUDA_ARCH__
  return atomicAdd(counter, 1u);  // the compiler makes it one for each warp
#else
  return (*counter)++;
#endif
}

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

/// One draw from its numbers to its fate, a row of a batch per index: drawn, multiplied, filtered, and
/// forgotten unless it is accepted or in the prior's share.
template <class Shape, Activation kActivation, Prior kPrior>
struct FusedDraw {
  static constexpr int entries = Shape::rows * Shape::cols;

  CellByValue<entries> cell;
  AskedRows asked;
  float bound;       ///< squared residuals from here on are not accepted
  double tolerance;  ///< the largest
  float* prior_losses;
  AcceptedRow* accepted;
  std::uint32_t* n_accepted;

  GNC_FN void operator()(std::uint32_t row) const {
    using L = plain::ScalarLanes;
    const CellView view = cell.template view<Shape>();
    const std::uint64_t draw = asked.first_draw + row;
    float Y[entries];
    Shape::template multiply<kActivation, kPrior>(view, draw, Y);
    const float factor = plain::output_factor<L>(view, Y);
    const float squared_residual = plain::filtered_residual<L>(view, Y, factor, bound);
    const float train_loss = squared_residual / static_cast<float>(view.n_train);
    const bool is_accepted =
        squared_residual < bound && static_cast<double>(train_loss) < tolerance && asked.contains(row);
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
  CellView cell;
  std::uint64_t first_draw;
  const std::uint32_t* rows;
  float* to;

  GNC_FN void operator()(std::uint32_t i) const {
    constexpr int kEntries = Shape::rows * Shape::cols;
    float Y[kEntries];
    Shape::template multiply<kActivation, kPrior>(cell, first_draw + rows[i], Y);
    const float factor = plain::output_factor<plain::ScalarLanes>(cell, Y);
    for (int e = 0; e < kEntries; ++e) to[static_cast<std::size_t>(i) * kEntries + e] = factor * Y[e];
  }
};

}  // namespace gnc
