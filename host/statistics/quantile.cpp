#include "host/statistics/quantile.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace gnc {

QuantilePlace quantile_place(std::size_t n, double probability) {
  const double position = probability * static_cast<double>(n - 1);
  const auto below = std::min(static_cast<std::size_t>(position), n - 1);
  return {below, std::min(below + 1, n - 1), position - static_cast<double>(below)};
}

double quantile_between(const QuantilePlace& place, double below, double above) {
  // The neighbour is left alone where it has no weight: infinity times 0 would make NaN of a known value.
  if (place.fraction == 0.0 || below == above) return below;
  return below + place.fraction * (above - below);
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

}  // namespace gnc
