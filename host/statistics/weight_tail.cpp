#include "host/statistics/weight_tail.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/statistics/pareto_fit.hpp"

namespace gnc {
namespace {

/// Mean of min(X, most) under the law.
double mean_of(const ParetoFit& law, double most) {
  if (law.shape <= 0.0) return law.scale / (1.0 - law.shape);
  const double beyond = std::log1p(law.shape * most / law.scale) / law.shape;
  const double a = 1.0 - law.shape;
  return law.scale * (std::abs(a) < 1e-12 ? beyond : -std::expm1(-a * beyond) / a);
}

/// The law if its shape is at the upper end of its 95 % interval.
ParetoFit heaviest(const ParetoFit& fit, double n_excesses) {
  constexpr double kNormal = 1.959963984540054;
  const double from = 1.0 + std::max(fit.shape, 0.0);
  const double shape = fit.shape + kNormal * from / std::sqrt(n_excesses);
  return {shape, fit.scale * from / (1.0 + std::max(shape, 0.0))};
}

}  // namespace

std::optional<WeightTail> weight_tail(const WeightTally& tally, std::uint64_t drawn) {
  const auto n = static_cast<double>(drawn);
  const auto size = static_cast<std::size_t>(
      std::min({n / 5.0, 3.0 * std::sqrt(n), static_cast<double>(kLargestWeights - 1),
                static_cast<double>(tally.nonzero) / 5.0}));
  if (size < 5 || tally.largest.size() <= size) return std::nullopt;
  const ScaledReal& unit = tally.largest.front().weight;
  const double threshold = ratio(tally.largest[size].weight, unit);
  std::vector<double> excesses;
  double found = 0.0;
  for (std::size_t i = size; i-- > 0;) {
    const double excess = ratio(tally.largest[i].weight, unit) - threshold;
    if (excess > 0.0) excesses.push_back(excess);
    found += excess;
  }
  const auto fit = pareto_fit(excesses);
  if (!fit) return std::nullopt;
  const auto m = static_cast<double>(excesses.size());
  const double most = std::min(1e300, ratio(ScaledReal::of(kMostWeight), unit));
  const double expected = m * mean_of(heaviest(*fit, m), most);
  const double sum = ratio(tally.sums[WeightTally::W].value(), unit);
  return WeightTail{fit->shape, std::log1p((expected - found) / sum)};
}

}  // namespace gnc
