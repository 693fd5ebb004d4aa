#include "host/statistics/quantile.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace gnc {
namespace {

/// So far of the way. The neighbour is left alone where it has no weight: infinity times 0 would make NaN of
/// a known value.
double between(double below, double above, double fraction) {
  if (fraction == 0.0 || below == above) return below;
  return below + fraction * (above - below);
}

double weighted_quantile(const std::vector<WeightedValue>& sorted, double total, double probability) {
  const double goal = probability * total;
  double before = 0.0;
  double last_place = 0.0, last_value = sorted.front().value;
  for (const WeightedValue& at : sorted) {
    const double place = before + 0.5 * at.weight;
    if (place >= goal) {
      if (before == 0.0) return at.value;
      return between(last_value, at.value, (goal - last_place) / (place - last_place));
    }
    before += at.weight;
    last_place = place;
    last_value = at.value;
  }
  return last_value;
}

}  // namespace

QuantilePlace quantile_place(std::size_t n, double probability) {
  const double position = probability * static_cast<double>(n - 1);
  const auto below = std::min(static_cast<std::size_t>(position), n - 1);
  return {below, std::min(below + 1, n - 1), position - static_cast<double>(below)};
}

double quantile_between(const QuantilePlace& place, double below, double above) {
  return between(below, above, place.fraction);
}

std::optional<double> quantile_of_sorted(const std::vector<double>& sorted, double probability) {
  if (!(probability >= 0.0 && probability <= 1.0)) {
    throw std::invalid_argument("quantile_of_sorted: probability must lie between 0 and 1");
  }
  if (sorted.empty()) return std::nullopt;
  const QuantilePlace place = quantile_place(sorted.size(), probability);
  return quantile_between(place, sorted[place.below], sorted[place.above]);
}

std::optional<Quartiles> quartiles(std::vector<double> sample) {
  if (sample.empty()) return std::nullopt;
  std::sort(sample.begin(), sample.end());
  return Quartiles{*quantile_of_sorted(sample, 0.25), *quantile_of_sorted(sample, 0.5),
                   *quantile_of_sorted(sample, 0.75)};
}

std::optional<Quartiles> weighted_quartiles(std::vector<WeightedValue> sample) {
  if (sample.empty()) return std::nullopt;
  // Equal values by their weights, so that any order gives the same sums.
  std::ranges::sort(sample, {}, [](const WeightedValue& at) { return std::pair(at.value, at.weight); });
  double total = 0.0;
  for (const WeightedValue& at : sample) total += at.weight;
  return Quartiles{weighted_quantile(sample, total, 0.25), weighted_quantile(sample, total, 0.5),
                   weighted_quantile(sample, total, 0.75)};
}

}  // namespace gnc
