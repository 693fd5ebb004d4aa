#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace gnc {

/// Median and quartiles of a sample.
struct Quartiles {
  double q25 = 0.0;
  double median = 0.0;
  double q75 = 0.0;
};

/// Where a quantile of a sorted sample lies: `fraction` of the way from order statistic `below` to `above`.
struct QuantilePlace {
  std::size_t below = 0;  ///< from 0
  std::size_t above = 0;  ///< below + 1, or `below` where there is none
  double fraction = 0.0;
};

/// That of type 7 of Hyndman & Fan (see quantile_of_sorted) for a sample of n >= 1 values.
QuantilePlace quantile_place(std::size_t n, double probability);

/// The quantile there, given the values of both order statistics.
double quantile_between(const QuantilePlace& place, double below, double above);

/// Quantile of a sample sorted in ascending order, by linear interpolation between order statistics (type 7
/// of Hyndman & Fan, The American Statistician 50, 1996). Empty sample: nullopt. Throws std::invalid_argument
/// unless 0 <= probability <= 1.
std::optional<double> quantile_of_sorted(const std::vector<double>& sorted, double probability);

/// Median and quartiles of a sample in any order; no value may be NaN. Empty sample: nullopt.
std::optional<Quartiles> quartiles(std::vector<double> sample);

/// A value of a weighted sample.
struct WeightedValue {
  double value = 0.0;   ///< not NaN
  double weight = 1.0;  ///< > 0
};

/// Median and quartiles of a weighted sample in any order: each value has its place where half of its weight
/// is on either side, and between places they are by linear interpolation. Empty sample: nullopt.
std::optional<Quartiles> weighted_quartiles(std::vector<WeightedValue> sample);

}  // namespace gnc
