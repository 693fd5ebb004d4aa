#pragma once

#include <algorithm>
#include <limits>

namespace gnc {

/// Range of base-10 logarithms of rates that a figure shows.
struct LogRange {
  double low = 0.0;
  double high = -std::numeric_limits<double>::infinity();

  void add(double log10_rate) {
    low = std::min(low, log10_rate);
    high = std::max(high, log10_rate);
  }
  /// A rate with its interval. A low end so far below that it would leave the rates no room, as that of 0, is
  /// not held: its bar ends at the axis.
  void add(double log10_rate, double log10_low, double log10_high) {
    add(log10_rate);
    add(log10_high);
    if (log10_low >= 2.0 * log10_rate - 5.0) add(log10_low);
  }
};

}  // namespace gnc
