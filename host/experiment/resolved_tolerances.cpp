#include "host/experiment/resolved_tolerances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "host/config/names.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/prior_law.hpp"

namespace gnc {
namespace {

double square(double x) { return x * x; }

std::string expected(const Problem& problem, Estimator estimator, const Point& point, std::int64_t seed,
                     double least) {
  const std::string why =
      estimator == Estimator::Conditional
          ? fmt::format(
                "at width {}: hidden layers narrower than the matrix has rows make singular covariances, and "
                "below, what is added to factor them would show in the rates of seed {}",
                point.width, seed)
          : fmt::format(
                "which computes in single precision: below, the rates of seed {} would show the rounding of "
                "its train losses (training targets up to {:.3g})",
                seed, problem.b_train.cwiseAbs().maxCoeff());
  return fmt::format("at least {:.2g} where estimator {} answers, {}", least, name_of(estimator), why);
}

}  // namespace

double least_resolved_tolerance(const Problem& problem, Estimator estimator, const Point& point,
                                double mean_square) {
  const double of_products = problem.A_train.rowwise().squaredNorm().maxCoeff() * mean_square;
  if (estimator == Estimator::Conditional) {
    return point.width < problem.n_rows() ? 1e-10 * of_products : 0.0;
  }
  return square(std::ldexp(1.0, -19)) * std::max(square(problem.b_train.cwiseAbs().maxCoeff()), of_products);
}

void require_resolved_tolerances(const Config& config, const std::vector<CellPlan>& plans,
                                 const std::optional<std::string>& problem_json, const ValueOrigin& origin) {
  if (plans.empty() && config.estimator == Estimator::Auto) return;
  const double smallest = config.gnc_eps_train.back();
  double largest_square = square(config.gt_norm);
  for (const Point& point : config.points) {
    largest_square = std::max(largest_square, prior_mean_square(config, point) *
                                                  static_cast<double>(config.n_rows * config.n_cols));
  }
  // Measurements of random problems have entries of size 1: these tolerances are not near any bound.
  if (!problem_json && smallest > 1e-8 * largest_square) return;
  const auto seeds = static_cast<std::size_t>(config.num_seeds);
  const auto problems = static_cast<std::size_t>(count_problems(config, problem_json));
  for (std::size_t number = 0; number < problems; ++number) {
    const Problem problem = replicate_problem(config, problem_json, static_cast<std::int64_t>(number));
    for (std::size_t cell = 0; cell < config.points.size() * seeds; ++cell) {
      const std::size_t seed = cell % seeds;
      if (seed % problems != number) continue;
      const Point& point = config.points[cell / seeds];
      const Estimator estimator = plans.empty() ? config.estimator : plans[cell].estimator;
      const double least =
          least_resolved_tolerance(problem, estimator, point, prior_mean_square(config, point));
      if (smallest >= least) continue;
      throw_unexpected(origin, fmt::format("{}", smallest),
                       expected(problem, estimator, point, static_cast<std::int64_t>(seed), least));
    }
  }
}

}  // namespace gnc
