#include "host/report/point_summary.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

namespace gnc {
namespace {

using CellsByPoint = std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const CellResult*>>;

void append_known(std::vector<double>& losses, const std::optional<double>& loss) {
  if (loss) losses.push_back(*loss);
}

/// A quantile that is the same whether seeds without a rate count as 0 or as their upper bound; else 0,
/// unknown.
Rate if_known(const Rate& with_zeros, const Rate& with_bounds) {
  return with_zeros == with_bounds ? with_zeros : Rate();
}

/// Quantile of ascending rates as quantile_of_sorted has it, of any smallness.
Rate rate_quantile(const std::vector<Rate>& sorted, double probability) {
  const QuantilePlace place = quantile_place(sorted.size(), probability);
  const Rate& below = sorted[place.below];
  const Rate& above = sorted[place.above];
  if (place.fraction == 0.0 || below == above) return below;
  // In units of the larger one, which is not 0.
  const double share = std::pow(10.0, below.log10 - above.log10);
  return {quantile_between(place, below.value, above.value),
          above.log10 + std::log10(quantile_between(place, share, 1.0))};
}

std::optional<LossSpread> loss_spread(std::vector<double> losses) {
  const auto seeds = static_cast<std::int64_t>(losses.size());
  const auto spread = quartiles(std::move(losses));
  return spread ? std::optional<LossSpread>({*spread, seeds}) : std::nullopt;
}

std::optional<RateSummary> summarize_rates(const std::vector<const CellResult*>& cells, double eps_train) {
  std::vector<Rate> rates, bounded;
  RateSummary summary;
  Rate bound;
  for (const CellResult* cell : cells) {
    const ToleranceResult* result = find_tolerance(*cell, eps_train);
    if (result == nullptr || cell->drawn == 0) continue;
    rates.push_back(result->rate());
    bounded.push_back(result->has_rate() ? result->rate() : result->high());
    summary.interval_low = result->low();
    summary.interval_high = result->high();
    if (!result->has_rate()) {
      ++summary.without_rate;
      bound = std::max(bound, result->high());
    }
  }
  if (rates.empty()) return std::nullopt;
  std::ranges::sort(rates, std::less());
  std::ranges::sort(bounded, std::less());
  const auto quantile = [&](double probability) {
    return if_known(rate_quantile(rates, probability), rate_quantile(bounded, probability));
  };
  summary.seeds = static_cast<std::int64_t>(rates.size());
  summary.median = quantile(0.5);
  summary.q25 = quantile(0.25);
  summary.q75 = quantile(0.75);
  summary.lowest = rates.front();
  summary.highest = rates.back();
  if (summary.without_rate > 0) summary.bound = bound;
  return summary;
}

PointSummary summarize_point(const Point& point, double eps_train, std::int64_t seeds,
                             const std::vector<const CellResult*>& cells) {
  PointSummary summary;
  summary.seeds = seeds;
  summary.width = point.width;
  summary.depth = point.depth;
  summary.eps_train = eps_train;
  std::vector<double> gnc_losses;
  std::vector<double> gd_losses;
  std::vector<double> prior_losses;
  for (const CellResult* cell : cells) {
    summary.drawn += cell->drawn;
    ++summary.estimators[cell->estimator];
    append_known(gd_losses, cell->gd_gen);
    append_known(prior_losses, cell->prior_gen);
    const ToleranceResult* result = find_tolerance(*cell, eps_train);
    if (result == nullptr) continue;
    summary.accepted += result->accepted;
    append_known(gnc_losses, result->gnc_gen);
    if (result->ess) summary.least_ess = std::min(summary.least_ess.value_or(*result->ess), *result->ess);
    if (result->pareto_k) {
      summary.largest_pareto_k =
          std::max(summary.largest_pareto_k.value_or(*result->pareto_k), *result->pareto_k);
    }
  }
  summary.rate = summarize_rates(cells, eps_train);
  summary.gnc = loss_spread(std::move(gnc_losses));
  summary.gd = loss_spread(std::move(gd_losses));
  summary.prior = loss_spread(std::move(prior_losses));
  return summary;
}

}  // namespace

const ToleranceResult* find_tolerance(const CellResult& cell, double eps_train) {
  const auto found =
      std::find_if(cell.tolerances.begin(), cell.tolerances.end(),
                   [&](const ToleranceResult& result) { return result.eps_train == eps_train; });
  return found == cell.tolerances.end() ? nullptr : &*found;
}

bool counts_accepted(const PointSummary& summary) {
  return summary.estimators.size() == 1 && summary.estimators.contains(Estimator::Reject);
}

std::vector<PointSummary> summarize_points(const RunResults& run) {
  CellsByPoint cells_by_point;
  for (const CellResult& cell : run.cells) cells_by_point[{cell.width, cell.depth}].push_back(&cell);
  std::vector<PointSummary> summaries;
  for (const Point& point : run.config.points) {
    for (const double eps_train : run.config.gnc_eps_train) {
      summaries.push_back(summarize_point(point, eps_train, run.config.num_seeds,
                                          cells_by_point[{point.width, point.depth}]));
    }
  }
  return summaries;
}

DescentCount count_descents(const RunResults& run) {
  DescentCount count;
  for (const CellResult& cell : run.cells) {
    if (!cell.gd_gen) continue;
    ++count.finished;
    if (!std::isfinite(*cell.gd_gen)) ++count.diverged;
  }
  return count;
}

}  // namespace gnc
