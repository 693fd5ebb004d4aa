#include "host/statistics/clopper_pearson.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <stdexcept>

namespace gnc {
namespace {

// Boost's inverse incomplete beta does not converge once both parameters reach about 1e11; from 1e7 on the
// expansion below is within 5e-9 standard deviations of it.
constexpr double kLargeCount = 1e7;

// x with I_x(a, b) = 1 - upper_tail for large a and b: Abramowitz & Stegun 26.5.22, `z` the standard normal
// quantile of 1 - upper_tail.
double large_beta_quantile(double a, double b, double z) {
  const double lambda = (z * z - 3.0) / 6.0;
  const double inverse_a = 1.0 / (2.0 * a - 1.0);
  const double inverse_b = 1.0 / (2.0 * b - 1.0);
  const double h = 2.0 / (inverse_a + inverse_b);
  const double w =
      -z * std::sqrt(h + lambda) / h - (inverse_b - inverse_a) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
  return a / (a + b * std::exp(2.0 * w));
}

}  // namespace

ProbabilityInterval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence) {
  if (successes > trials) {
    throw std::invalid_argument("clopper_pearson: more successes than trials");
  }
  if (!(confidence > 0.0 && confidence < 1.0)) {
    throw std::invalid_argument("clopper_pearson: confidence must lie between 0 and 1");
  }
  const double tail = 0.5 * (1.0 - confidence);
  const double hits = static_cast<double>(successes);
  const double misses = static_cast<double>(trials - successes);
  ProbabilityInterval interval;
  if (hits > kLargeCount && misses > kLargeCount) {
    const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), tail));
    const double rate = hits / static_cast<double>(trials);
    // Beyond 1e16 trials the half-width nears the spacing of doubles; rounding must not push the rate out.
    interval.low = std::min(rate, large_beta_quantile(hits, misses + 1.0, -z));
    interval.high = std::max(rate, large_beta_quantile(hits + 1.0, misses, z));
    return interval;
  }
  if (successes > 0) {
    interval.low = boost::math::ibeta_inv(hits, misses + 1.0, tail);
  }
  if (successes < trials) {
    interval.high = boost::math::ibetac_inv(hits + 1.0, misses, tail);
  }
  return interval;
}

}  // namespace gnc
