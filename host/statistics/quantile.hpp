#pragma once

#include <optional>
#include <vector>

namespace gnc {

/// Median and quartiles of a sample.
struct Quartiles {
  double q25 = 0.0;
  double median = 0.0;
  double q75 = 0.0;
};

/// Quantile of a sample sorted in ascending order, by linear interpolation between order statistics (type 7
/// of Hyndman & Fan, The American Statistician 50, 1996). Empty sample: nullopt. Throws std::invalid_argument
/// unless 0 <= probability <= 1.
std::optional<double> quantile_of_sorted(const std::vector<double>& sorted, double probability);

/// Median and quartiles of a sample in any order; no value may be NaN. Empty sample: nullopt.
std::optional<Quartiles> quartiles(std::vector<double> sample);

}  // namespace gnc
