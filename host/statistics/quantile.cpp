#include "host/statistics/quantile.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace gnc {

std::optional<double> quantile_of_sorted(const std::vector<double>& sorted, double probability) {
  if (!(probability >= 0.0 && probability <= 1.0)) {
    throw std::invalid_argument("quantile_of_sorted: probability must lie between 0 and 1");
  }
  if (sorted.empty()) return std::nullopt;
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(position), sorted.size() - 1);
  const double fraction = position - static_cast<double>(below);
  // The neighbour is left alone where it has no weight: infinity times 0 would make NaN of a known value.
  if (fraction == 0.0 || below + 1 == sorted.size() || sorted[below] == sorted[below + 1])
    return sorted[below];
  return sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
}

std::optional<Quartiles> quartiles(std::vector<double> sample) {
  if (sample.empty()) return std::nullopt;
  std::sort(sample.begin(), sample.end());
  return Quartiles{*quantile_of_sorted(sample, 0.25), *quantile_of_sorted(sample, 0.5),
                   *quantile_of_sorted(sample, 0.75)};
}

}  // namespace gnc
