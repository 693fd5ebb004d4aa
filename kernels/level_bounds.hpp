#pragma once

#include <cfloat>
#include <cmath>

namespace gnc {

/// x as a float, infinite beyond the largest.
inline float to_float(double x) {
  return x > static_cast<double>(FLT_MAX) ? HUGE_VALF : static_cast<float>(x);
}

/// The smallest float that is not below x: a float is below the one exactly where it is below the other.
inline float float_not_below(double x) {
  const float nearest = to_float(x);
  return static_cast<double>(nearest) < x ? std::nextafter(nearest, HUGE_VALF) : nearest;
}

/// Squared train residual from which on a draw or a move to a train loss below `level` is not accepted. A
/// little above: the decision is the rounded train loss's.
inline float residual_bound(double level, int n_train) { return to_float(level * n_train * (1.0 + 1e-5)); }

}  // namespace gnc
