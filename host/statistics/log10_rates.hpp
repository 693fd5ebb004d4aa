#pragma once

#include <algorithm>
#include <limits>
#include <numbers>

namespace gnc {

/// Base-10 logarithms of a rate and of the ends of its 95 % interval, also where doubles do not hold these;
/// minus infinity of 0.
struct Log10Rates {
  double rate = -std::numeric_limits<double>::infinity();
  double low = -std::numeric_limits<double>::infinity();
  double high = 0.0;
};

/// Base-10 logarithm of a rate, at most 1, by its natural one.
inline double log10_of_log(double log_rate) { return std::min(0.0, log_rate * std::numbers::log10e); }

}  // namespace gnc
