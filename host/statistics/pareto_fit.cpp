#include "host/statistics/pareto_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gnc {
namespace {

/// Mean of log(1 - theta x).
double mean_log(const std::vector<double>& x, double theta) {
  double sum = 0.0;
  for (const double value : x) sum += std::log1p(-theta * value);
  return sum / static_cast<double>(x.size());
}

}  // namespace

std::optional<ParetoFit> pareto_fit(const std::vector<double>& excesses) {
  if (excesses.size() < 5 || !(excesses.back() > excesses.front()) || !(excesses.front() > 0.0)) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(excesses.size());
  const int grid = 30 + static_cast<int>(std::sqrt(n));
  const double quartile = excesses[static_cast<std::size_t>(std::lround(n / 4.0)) - 1];
  constexpr double kPriorScale = 3.0;
  std::vector<double> theta, log_likelihood;
  for (int j = 1; j <= grid; ++j) {
    const double value =
        1.0 / excesses.back() + (1.0 - std::sqrt(grid / (j - 0.5))) / (kPriorScale * quartile);
    const double k = mean_log(excesses, value);
    theta.push_back(value);
    log_likelihood.push_back(n * (std::log(-value / k) - k - 1.0));
  }
  const double highest = *std::max_element(log_likelihood.begin(), log_likelihood.end());
  double sum = 0.0, weight_sum = 0.0;
  for (std::size_t j = 0; j < theta.size(); ++j) {
    const double weight = std::exp(log_likelihood[j] - highest);
    sum += weight * theta[j];
    weight_sum += weight;
  }
  const double k = mean_log(excesses, sum / weight_sum);
  const ParetoFit fit{(k * n + 0.5 * 10.0) / (n + 10.0), -k * weight_sum / sum};
  if (!std::isfinite(fit.shape) || !(fit.scale > 0.0) || !std::isfinite(fit.scale)) return std::nullopt;
  return fit;
}

}  // namespace gnc
