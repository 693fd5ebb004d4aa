#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/shard.hpp"
#include "host/engine/draw_range.hpp"
#include "host/ledger/cell_plan.hpp"

namespace gnc {

/// A cell as a run numbers it: by point in the sweep's order, then by seed.
struct PlannedCell {
  Point point;
  std::int64_t seed = 0;
  std::uint64_t chunk_size = 0;  ///< draws handed out at a time; of `splitting` populations
  CellPlan plan;

  bool operator==(const PlannedCell&) const = default;
};

/// All that decides what a run, or a shard of one, computes.
struct RunPlan {
  Config config;
  std::optional<std::string> problem_json;  ///< text of the problem file that the config names
  std::string engine;                       ///< that computes it
  /// What decides the bits of its losses; only the same gives the same bits.
  std::string arithmetic;
  Shard shard;
  std::vector<PlannedCell> cells;

  /// The shard's part of the cell's budget.
  DrawRange range(std::size_t cell) const;
  /// Whether the shard has the cell's gradient descent to do.
  bool descends(std::size_t cell) const;

  bool operator==(const RunPlan&) const = default;
};

/// The shard's part of a cell's budget: an equal part, save for rounding, and empty where there are more
/// shards than draws.
DrawRange part_of(std::uint64_t budget, const Shard& shard);
/// Whether a cell's gradient descent, if it has one, is the shard's to do.
bool has_descent(const Shard& shard, std::size_t cell);

/// What a draw of a cell by `estimator` costs, in random numbers: its own, for `conditional` those of its
/// hidden layers and what the covariance of its measurements takes; for `splitting` of a forward pass.
std::int64_t draw_work(const Config& config, const Point& point, Estimator estimator);

/// What the budgets of cells come from.
enum class BudgetSource {
  NumSamples,   ///< Config::gnc_num_samples
  Populations,  ///< Config::splitting_populations
  Pilot         ///< the hidden draws that estimator `auto` found enough for `conditional`
};
/// Of a cell by `estimator` in a run of this config.
BudgetSource budget_source(const Config& config, Estimator estimator);

/// The plan with more draws a cell, or populations a cell of `splitting`, where given; of estimator `auto`
/// the cells of `conditional` keep the budgets of their pilots. Smaller budgets than the plan's change
/// nothing.
RunPlan extended(RunPlan plan, std::optional<std::uint64_t> num_samples,
                 std::optional<std::int64_t> populations);

/// The cells of a config. `plans`: one for each; may be empty where the config's estimator is not Auto.
std::vector<PlannedCell> planned_cells(const Config& config, const std::string& engine,
                                       const std::vector<CellPlan>& plans);

}  // namespace gnc
