#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace gnc {

/// The rate, in [0, 1], with this logarithm; 0 below the normal doubles.
inline double rate_from_log(double log_rate) {
  const double rate = std::exp(log_rate);
  return rate < std::numeric_limits<double>::min() ? 0.0 : std::min(1.0, rate);
}

/// The same of an upper bound, which below the normal doubles is the smallest of these.
inline double rate_bound_from_log(double log_rate) {
  return std::clamp(std::exp(log_rate), std::numeric_limits<double>::min(), 1.0);
}

}  // namespace gnc
