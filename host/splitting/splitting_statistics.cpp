#include "host/splitting/splitting_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "host/statistics/clopper_pearson.hpp"
#include "host/statistics/rate_from_log.hpp"
#include "host/statistics/residual_share.hpp"
#include "host/statistics/student_t.hpp"

namespace gnc {
namespace {

/// Standard deviation of the points' log_rate.
double log_spread(std::span<const CurvePoint> points) {
  const auto n = static_cast<double>(points.size());
  double mean = 0.0;
  for (const CurvePoint& point : points) mean += point.log_rate / n;
  double squares = 0.0;
  for (const CurvePoint& point : points) squares += (point.log_rate - mean) * (point.log_rate - mean);
  return std::sqrt(squares / (n - 1.0));
}

/// Half the width of the 95 % interval of the logarithm of the mean rate of n points, if rates are lognormal
/// (Cox's method, Zhou & Gao, Statistics in Medicine 16, 1997).
double half_width(double spread, std::size_t points) {
  const auto n = static_cast<double>(points);
  const double variance = spread * spread;
  return student_half_width(n - 1.0) * std::sqrt(variance / n + variance * variance / (2.0 * (n - 1.0)));
}

/// Averages over populations with weights in proportion to their rates.
class RateWeighted {
 public:
  RateWeighted(std::span<const CurvePoint> points, double largest) : points_(points) {
    for (const CurvePoint& point : points) {
      weights_.push_back(std::exp(point.log_rate - largest));
      total_ += weights_.back();
    }
  }
  double total() const { return total_; }
  /// Of all populations' losses. Where parts of the posterior are apart, populations have their quartiles in
  /// different ones, and no average of these means anything.
  std::optional<Quartiles> quartiles() const {
    std::vector<WeightedValue> losses;
    for (std::size_t r = 0; r < points_.size(); ++r) {
      const std::vector<float>& kept = points_[r].gen_losses;
      const double each = weights_[r] / static_cast<double>(kept.size());
      if (!(each > 0.0)) continue;
      for (const float loss : kept) losses.push_back({static_cast<double>(loss), each});
    }
    return weighted_quartiles(std::move(losses));
  }
  double mean(double CurvePoint::*member) const {
    double sum = 0.0;
    for (std::size_t r = 0; r < points_.size(); ++r) sum += weights_[r] * points_[r].*member;
    return sum / total_;
  }
  /// Standard error of mean(member), a ratio of sums over independent populations, so large that Student's
  /// quantile of one degree of freedom less than populations makes its interval.
  std::optional<double> standard_error(double CurvePoint::*member) const {
    const double centre = mean(member);
    double residuals = 0.0, squares = 0.0, cubes = 0.0;
    for (std::size_t r = 0; r < points_.size(); ++r) {
      const double weight = weights_[r] / total_;
      const double deviation = weight * (points_[r].*member - centre);
      residuals += deviation * deviation;
      squares += weight * weight;
      cubes += weight * weight * weight;
    }
    const double left = residual_share(squares, cubes);
    if (!(left > 1e-12)) return std::nullopt;
    // As many populations as count tell how far the residuals are known; of equal weights all R.
    const double fewer = student_half_width(std::max(1.0, 1.0 / squares - 1.0)) /
                         student_half_width(static_cast<double>(points_.size()) - 1.0);
    const double error = std::sqrt(residuals / left) * fewer;
    if (!(error > 1e-12 * std::abs(centre))) return std::nullopt;
    return error;
  }

 private:
  std::span<const CurvePoint> points_;
  std::vector<double> weights_;
  double total_ = 0.0;
};

/// Logarithm of an upper bound of the rate from populations that are a selection of those of the largest
/// rates.
double log_bound_of_selection(std::span<const CurvePoint> points) {
  const double largest = std::ranges::max(points, {}, &CurvePoint::log_rate).log_rate;
  return largest + half_width(log_spread(points), points.size());
}

}  // namespace

SplittingEstimate splitting_estimate(std::span<const CurvePoint> points, std::uint64_t particles) {
  if (points.size() < 2) throw std::invalid_argument("splitting_estimate: needs two populations or more");
  const double largest = std::ranges::max(points, {}, &CurvePoint::log_rate).log_rate;
  SplittingEstimate estimate;
  estimate.log_spread = log_spread(points);
  const double half = half_width(estimate.log_spread, points.size());
  estimate.reached = std::ranges::all_of(points, &CurvePoint::reached);
  if (!estimate.reached) return estimate;
  const RateWeighted weighted(points, largest);
  const double log_rate = largest + std::log(weighted.total() / static_cast<double>(points.size()));
  estimate.rate = rate_from_log(log_rate);
  estimate.rate_low = estimate.rate > 0.0 ? rate_from_log(log_rate - half) : 0.0;
  estimate.rate_high = rate_bound_from_log(log_rate + half);
  estimate.log10 = {log10_of_log(log_rate), log10_of_log(log_rate - half), log10_of_log(log_rate + half)};
  // Before the first level, a median, a rate is a share of independent draws.
  const double before_levels = std::log(0.5);
  if (particles > 0 &&
      std::ranges::all_of(points, [&](const CurvePoint& point) { return point.log_rate >= before_levels; })) {
    const std::uint64_t all = particles * points.size();
    const auto below = static_cast<std::uint64_t>(std::llround(estimate.rate * static_cast<double>(all)));
    const ProbabilityInterval exact = clopper_pearson(below, all);
    estimate.rate_low = exact.low;
    estimate.rate_high = exact.high;
    estimate.log10.low = std::log10(exact.low);
    estimate.log10.high = std::log10(exact.high);
  }
  estimate.gen = weighted.mean(&CurvePoint::gen);
  estimate.gen_se = weighted.standard_error(&CurvePoint::gen);
  estimate.gen_quartiles = weighted.quartiles();
  for (const CurvePoint& point : points) estimate.below += point.below;
  return estimate;
}

std::vector<SplittingEstimate> splitting_estimates(std::span<const std::vector<CurvePoint>> curves,
                                                   std::uint64_t particles, bool outstanding) {
  if (curves.size() < 2) throw std::invalid_argument("splitting_estimates: needs two populations or more");
  std::vector<SplittingEstimate> estimates;
  double rate_high = 1.0, log10_high = 0.0;
  for (std::size_t i = 0; i < curves.front().size(); ++i) {
    std::vector<CurvePoint> points;
    for (const std::vector<CurvePoint>& curve : curves) {
      if (i >= curve.size() || curve[i].eps_train != curves.front()[i].eps_train) {
        throw std::invalid_argument("splitting_estimates: the curves have different tolerances");
      }
      points.push_back(curve[i]);
    }
    SplittingEstimate estimate = splitting_estimate(points, particles);
    if (estimate.reached && outstanding) {
      const double log_bound = log_bound_of_selection(points);
      rate_high = rate_bound_from_log(log_bound);
      log10_high = log10_of_log(log_bound);
    } else if (estimate.reached) {
      rate_high = estimate.rate_high;
      log10_high = estimate.log10.high;
    }
    if (outstanding) estimate = {};
    estimate.rate_high = rate_high;
    estimate.log10.high = log10_high;
    estimates.push_back(estimate);
  }
  return estimates;
}

}  // namespace gnc
