#include "host/report/prior_tail.hpp"

#include <cmath>

namespace gnc {

double hidden_kurtosis(const Config& config, std::int64_t width, std::int64_t depth) {
  const bool bounded = config.gnc_normalize || config.activation == Activation::Tanh;
  if (bounded || width == kInfiniteWidth) return 1.0;
  const auto k = static_cast<double>(width);
  // Of <v, w> for a fixed v: E[w^4] / E[w^2]^2 less 3 adds sum v_i^4 / |v|^4 times as much, 1 / k at least.
  const double of_input = config.gnc_init == Prior::Gauss ? 3.0 : 3.0 - 1.2 / k;
  const double slope = config.activation == Activation::LeakyRelu ? config.negative_slope : 1.0;
  const double squares = 1.0 + slope * slope;
  const double of_entry = of_input * 2.0 * (1.0 + std::pow(slope, 4)) / (squares * squares);
  // |y|^2 of a layer is |y|^2 of the one before times the sum of k independent squares.
  return std::pow(1.0 + (of_entry - 1.0) / k, static_cast<double>(depth - 1));
}

}  // namespace gnc
