#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/report/run_results.hpp"
#include "host/statistics/quantile.hpp"

namespace gnc {

/// The acceptance rates of one point over its seeds. Each seed has a problem of its own, so the spread is
/// that of problems, not the Monte Carlo error of a pooled rate.
struct RateSummary {
  Rate median;        ///< 0: unknown, as it rests on a seed without a rate
  Rate q25, q75;      ///< as `median`
  Rate lowest;        ///< 0: a seed without a rate
  Rate highest;       ///< known rate
  Rate bound{1.0};    ///< largest upper limit among the seeds without a rate
  Rate interval_low;  ///< the only seed's 95 % interval, where there is just one seed
  Rate interval_high{1.0};
  std::int64_t seeds = 0;  ///< seeds with draws
  std::int64_t without_rate = 0;
};

/// Generalization losses of one kind over the seeds that have one.
struct LossSpread : Quartiles {
  std::int64_t seeds = 0;
};

/// One point at one tolerance over its seeds. Absent values are unknown in every seed. The loss of a diverged
/// descent is infinite, and ranks above all others.
struct PointSummary {
  std::int64_t width = 0;  ///< or kInfiniteWidth
  std::int64_t depth = 0;
  double eps_train = 0.0;
  std::int64_t seeds = 0;                        ///< of the run, done or not
  std::map<Estimator, std::int64_t> estimators;  ///< cells of each
  std::uint64_t drawn = 0;                       ///< over all seeds
  std::uint64_t accepted = 0;                    ///< over all seeds
  std::optional<RateSummary> rate;
  std::optional<LossSpread> gnc;  ///< posterior mean of the generalization loss
  std::optional<LossSpread> gd;
  std::optional<LossSpread> prior;
  std::optional<double> least_ess, largest_pareto_k;  ///< over seeds, of weighted draws
};

/// Whether a spread over seeds leaves some of the run's seeds out: not done yet, another shard's, or of G&C
/// without an accepted draw.
template <class Spread>
bool rests_on_some_seeds(const PointSummary& summary, const Spread& spread) {
  return spread.seeds < summary.seeds;
}

/// Whether all of its cells count accepted draws; a cell of another estimator may have accepted some and no
/// rate.
bool counts_accepted(const PointSummary& summary);

/// The cell's result at a tolerance; nullptr where it has none.
const ToleranceResult* find_tolerance(const CellResult& cell, double eps_train);

/// By point in the sweep's order, then by tolerance in the config's order.
std::vector<PointSummary> summarize_points(const RunResults& run);

/// Gradient-descent runs of a run's cells, and how many of them diverged.
struct DescentCount {
  std::size_t finished = 0;
  std::size_t diverged = 0;
};

DescentCount count_descents(const RunResults& run);

}  // namespace gnc
