#include "host/experiment/prior_law.hpp"

#include <cmath>

namespace gnc {
namespace {

/// Slope of the activation below 0; those above have 1.
double slope_of(const Config& config) {
  return config.activation == Activation::LeakyRelu ? config.negative_slope : 1.0;
}

}  // namespace

double prior_mean_square(const Config& config, const Point& point) {
  const auto n_rows = static_cast<double>(config.n_rows);
  const auto n_cols = static_cast<double>(config.n_cols);
  if (config.gnc_normalize) return 1.0 / (n_rows * n_cols);
  const auto depth = static_cast<double>(point.depth);
  const double of_weights = config.gnc_init == Prior::Unif ? std::pow(1.0 / 3.0, depth) : 1.0;
  const double slope = slope_of(config);
  const double of_activation = std::pow((1.0 + slope * slope) / 2.0, depth - 1.0);
  return of_weights * of_activation / n_cols;
}

double hidden_kurtosis(const Config& config, const Point& point) {
  const bool bounded = config.gnc_normalize || config.activation == Activation::Tanh;
  if (bounded || point.width == kInfiniteWidth) return 1.0;
  const auto k = static_cast<double>(point.width);
  // Of <v, w> for a fixed v: E[w^4] / E[w^2]^2 less 3 adds sum v_i^4 / |v|^4 times as much, 1 / k at least.
  const double of_input = config.gnc_init == Prior::Gauss ? 3.0 : 3.0 - 1.2 / k;
  const double slope = slope_of(config);
  const double squares = 1.0 + slope * slope;
  const double of_entry = of_input * 2.0 * (1.0 + std::pow(slope, 4)) / (squares * squares);
  // |y|^2 of a layer is |y|^2 of the one before times the sum of k independent squares.
  return std::pow(1.0 + (of_entry - 1.0) / k, static_cast<double>(point.depth - 1));
}

double prior_error_by_law(const Config& config, const Point& point, double test_square, std::uint64_t count) {
  const double kurtosis = hidden_kurtosis(config, point);
  if (kurtosis == 1.0) return 0.0;
  return prior_mean_square(config, point) * test_square * std::sqrt(kurtosis / static_cast<double>(count));
}

bool normalised_losses_fit(const Problem& problem) {
  constexpr double kLargestLoss = 8192.0;  // its square is 2^26, and the sums hold 2^27
  for (Eigen::Index i = 0; i < problem.A_test.rows(); ++i) {
    const double residual = problem.A_test.row(i).norm() + std::abs(problem.b_test(i));
    if (residual * residual > kLargestLoss) return false;
  }
  return true;
}

}  // namespace gnc
