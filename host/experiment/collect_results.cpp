#include "host/experiment/collect_results.hpp"

#include <algorithm>
#include <cmath>

#include "host/config/sweep.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/prior_law.hpp"
#include "host/splitting/splitting_statistics.hpp"
#include "host/statistics/clopper_pearson.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "host/statistics/quantile.hpp"
#include "host/statistics/weight_statistics.hpp"

namespace gnc {
namespace {

void set_quartiles(const std::optional<Quartiles>& quartiles, ToleranceResult& result) {
  if (!quartiles) return;
  result.gnc_gen_median = quartiles->median;
  result.gnc_gen_q25 = quartiles->q25;
  result.gnc_gen_q75 = quartiles->q75;
}

ToleranceResult tolerance_result(double eps_train, const LossSums& accepted, std::uint64_t drawn,
                                 const std::vector<AcceptedDraw>& stored, std::int64_t max_stored) {
  ToleranceResult result;
  result.eps_train = eps_train;
  result.accepted = accepted.count;
  const ProbabilityInterval interval = clopper_pearson(accepted.count, drawn);
  result.rate_low = interval.low;
  result.rate_high = interval.high;
  if (drawn > 0) result.acceptance_rate = static_cast<double>(accepted.count) / static_cast<double>(drawn);

  const LossStatistics statistics = loss_statistics(accepted);
  result.gnc_gen = statistics.mean;
  result.gnc_gen_se = statistics.standard_error;

  std::vector<double> losses;
  for (const AcceptedDraw& draw : stored) {
    if (static_cast<std::int64_t>(losses.size()) >= max_stored) break;
    if (static_cast<double>(draw.train_loss) < eps_train) losses.push_back(draw.gen_loss);
  }
  result.quantile_draws = losses.size();
  set_quartiles(quartiles(std::move(losses)), result);
  return result;
}

ToleranceResult tolerance_result(double eps_train, const WeightTally& tally, std::uint64_t drawn) {
  const WeightStatistics statistics = weight_statistics(tally, drawn);
  ToleranceResult result;
  result.eps_train = eps_train;
  result.accepted = tally.nonzero;
  result.acceptance_rate = statistics.rate;
  result.rate_low = statistics.rate_low;
  result.rate_high = statistics.rate_high;
  result.log10 = statistics.log10;
  result.gnc_gen = statistics.gen;
  result.gnc_gen_se = statistics.gen_se;
  set_quartiles(statistics.gen_quartiles, result);
  result.quantile_draws = static_cast<std::uint64_t>(std::llround(statistics.quartile_draws));
  result.ess = statistics.ess;
  result.pareto_k = statistics.pareto_k;
  return result;
}

/// What the populations of a cell that are finished say at each tolerance of their curves; nothing of fewer
/// than two. `all`: none is outstanding.
std::vector<SplittingEstimate> estimates_of(const std::vector<PopulationRecord>& populations, bool all) {
  if (populations.size() < 2) return {};
  std::vector<std::vector<CurvePoint>> curves;
  curves.reserve(populations.size());
  for (const PopulationRecord& population : populations) curves.push_back(population.curve);
  return splitting_estimates(curves, populations.front().particles, !all);
}

CurveResult curve_result(double eps_train, const SplittingEstimate& estimate) {
  return {eps_train,    estimate.rate,   estimate.rate_low, estimate.rate_high,
          estimate.gen, estimate.gen_se, estimate.log10};
}

/// Tolerance `eps_train` of the estimates above.
ToleranceResult tolerance_result(double eps_train, const std::vector<PopulationRecord>& populations,
                                 const std::vector<SplittingEstimate>& estimates) {
  ToleranceResult result;
  result.eps_train = eps_train;
  if (estimates.empty()) return result;
  const std::vector<CurvePoint>& curve = populations.front().curve;
  const auto found = std::ranges::find(curve, eps_train, &CurvePoint::eps_train);
  if (found == curve.end()) return result;
  const SplittingEstimate& estimate = estimates[static_cast<std::size_t>(found - curve.begin())];
  static_cast<CurveResult&>(result) = curve_result(eps_train, estimate);
  if (!estimate.reached) return result;
  result.population_spread = estimate.log_spread;
  result.accepted = estimate.below;
  result.quantile_draws = estimate.below;
  set_quartiles(estimate.gen_quartiles, result);
  return result;
}

std::vector<CurveResult> curve_results(const std::vector<PopulationRecord>& populations,
                                       const std::vector<SplittingEstimate>& estimates) {
  std::vector<CurveResult> curve;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    curve.push_back(curve_result(populations.front().curve[i].eps_train, estimates[i]));
  }
  return curve;
}

/// The smallest level that every population reached, where some of them stopped before its last tolerance.
std::optional<double> level_reached(const std::vector<PopulationRecord>& populations) {
  std::optional<double> level;
  for (const PopulationRecord& population : populations) {
    if (population.curve.empty() || population.curve.back().reached) continue;
    level = std::max(level.value_or(0.0), population.level);
  }
  return level;
}

/// Draws of the prior's share whose normalised Y is 0 or beyond single precision; 0 where finite losses may
/// be beyond the sums as well.
std::uint64_t without_loss(const RunPlan& plan, std::size_t cell, const LossSums& prior) {
  if (!plan.config.gnc_normalize || prior.saturated == 0) return 0;
  const Problem problem = replicate_problem(plan.config, plan.problem_json, plan.cells[cell].seed);
  return normalised_losses_fit(problem) ? prior.saturated : 0;
}

/// Mean squared norm of the rows of A_test.
double test_square(const RunPlan& plan) {
  if (!plan.problem_json) return 1.0;
  const Problem problem = replicate_problem(plan.config, plan.problem_json, 0);
  return problem.A_test.squaredNorm() / static_cast<double>(problem.n_test());
}

/// Raises the upper end of the rate's interval by a share of draws that are never accepted, though in exact
/// arithmetic some would be.
void allow_for(double never_accepted, CurveResult& result) {
  result.rate_high = std::min(1.0, result.rate_high + never_accepted);
  result.log10.high = std::log10(result.rate_high);
}

/// Counts a mean that is left empty though there are losses.
void count_empty_mean(const LossSums& sums, CellResult& cell) {
  const LossStatistics statistics = loss_statistics(sums);
  if (sums.count > 0 && !statistics.mean) ++(statistics.too_large ? cell.large_means : cell.tiny_means);
}

}  // namespace

RunResults collect_results(Ledger& ledger) {
  RunResults run;
  run.config = ledger.config();
  run.engine = ledger.plan().engine;
  run.shard = ledger.plan().shard;
  run.finished = true;
  const double rows_square = test_square(ledger.plan());
  for (std::size_t number = 0; number < ledger.cells().size(); ++number) {
    Interrupt::check();
    const PlannedCell& known = ledger.cells()[number];
    CellResult& cell = run.cells.emplace_back();
    cell.width = known.point.width;
    cell.depth = known.point.depth;
    cell.seed = known.seed;
    cell.estimator = known.plan.estimator;
    cell.reason = known.plan.reason;

    const CellTotals totals = ledger.totals(number);
    const bool all_drawn = totals.finished >= ledger.plan().range(number).size();
    cell.drawn = totals.drawn;
    cell.gnc_seconds = totals.seconds;
    if (totals.seconds > 0.0) cell.samples_per_second = static_cast<double>(totals.drawn) / totals.seconds;
    cell.saturated = totals.prior.saturated;
    const LossStatistics prior = loss_statistics(totals.prior);
    cell.prior_gen = prior.mean;
    cell.prior_gen_se = prior.standard_error;
    cell.prior_count = totals.prior.count;
    if (cell.prior_count > 0) {
      cell.prior_error_by_law = prior_error_by_law(run.config, known.point, rows_square, cell.prior_count);
    }
    count_empty_mean(totals.prior, cell);

    const std::vector<SplittingEstimate> estimates = estimates_of(totals.populations, all_drawn);
    const std::vector<AcceptedDraw> stored = ledger.accepted(number);
    for (std::size_t t = 0; t < totals.accepted.size(); ++t) {
      if (cell.estimator == Estimator::Conditional) {
        cell.tolerances.push_back(
            tolerance_result(run.config.gnc_eps_train[t], totals.weighted[t], totals.drawn));
        continue;
      }
      if (cell.estimator == Estimator::Splitting) {
        cell.tolerances.push_back(
            tolerance_result(run.config.gnc_eps_train[t], totals.populations, estimates));
        continue;
      }
      cell.saturated += totals.accepted[t].saturated;
      cell.tolerances.push_back(tolerance_result(run.config.gnc_eps_train[t], totals.accepted[t],
                                                 totals.drawn, stored, run.config.max_stored));
      count_empty_mean(totals.accepted[t], cell);
    }

    if (cell.estimator == Estimator::Splitting) {
      if (all_drawn) cell.curve = curve_results(totals.populations, estimates);
      cell.level_reached = level_reached(totals.populations);
      cell.populations = totals.populations.size();
      cell.populations_outstanding = cell.populations > 0 && !all_drawn;
      if (!totals.populations.empty()) cell.particles = totals.populations.front().particles;
    }

    cell.without_loss = without_loss(ledger.plan(), number, totals.prior);
    if (cell.without_loss > 0) {
      const double share = clopper_pearson(cell.without_loss, cell.prior_count).high;
      for (ToleranceResult& result : cell.tolerances) allow_for(share, result);
      for (CurveResult& result : cell.curve) allow_for(share, result);
    }

    if (const auto descent = ledger.descent(number)) {
      cell.gd_gen = descent->gd_gen;
      cell.gd_train = descent->gd_train;
      cell.gd_seconds = descent->seconds;
    } else if (ledger.plan().descends(number)) {
      run.finished = false;
    } else if (descends(run.config, known.point)) {
      ++run.descents_elsewhere;
    }
    if (!all_drawn) run.finished = false;
  }
  return run;
}

}  // namespace gnc
