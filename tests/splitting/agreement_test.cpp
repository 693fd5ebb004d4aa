#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "host/problem/random_problem.hpp"
#include "host/splitting/curve_points.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "tests/estimators/estimate_cell.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {
namespace {

// Under the sanitizers every case still runs, with wider errors: agreement to a few per cent is for other
// builds.
#ifdef __SANITIZE_ADDRESS__
constexpr double kBudget = 0.02;
constexpr SplittingSettings kSettings{96, kDefaultSweeps};
constexpr std::uint64_t kPopulations = 8;
#else
constexpr double kBudget = 1.0;
constexpr SplittingSettings kSettings{768, kDefaultSweeps};
constexpr std::uint64_t kPopulations = 16;
#endif

/// Train loss that one draw in `every` is below, from draws of a cell with another seed.
double tolerance_of(Config config, const Point& point, const Problem& problem, std::size_t every) {
  config.seed += 1000;
  const PreparedCell cell(config, point, 0, problem);
  constexpr std::size_t kDraws = kBudget < 1.0 ? 20'000 : 100'000;
  std::vector<float> losses;
  for (const AcceptedDraw& draw :
       CpuEngine().run_chunk(cell, {0, kDraws}, std::vector{1e30}, kDraws).stored) {
    losses.push_back(draw.train_loss);
  }
  std::ranges::sort(losses);
  return losses[kDraws / every];
}

TEST(SplittingAgreement, WithRejection) {
  struct Case {
    std::string name;
    std::int64_t n_rows, n_cols, measurements;
    Activation activation;
    Prior prior;
    bool normalize, completion;
    Point point;
  };
  const std::vector<Case> cases = {
      {"unif", 5, 5, 15, Activation::Tanh, Prior::Unif, false, false, {5, 3, 0, 0}},
      {"unif normalized", 5, 5, 10, Activation::LeakyRelu, Prior::Unif, true, false, {7, 2, 0, 0}},
      {"completion", 5, 5, 12, Activation::LeakyRelu, Prior::Gauss, false, true, {6, 3, 0, 0}},
      {"4x6", 4, 6, 14, Activation::Linear, Prior::Gauss, false, false, {8, 4, 0, 0}},
      {"narrow", 5, 5, 15, Activation::Tanh, Prior::Gauss, true, false, {2, 3, 0, 0}},
      {"wide window", 5, 5, 15, Activation::Linear, Prior::Gauss, true, false, {36, 2, 0, 0}},
      {"depth 1", 5, 4, 9, Activation::Linear, Prior::Unif, false, false, {3, 1, 0, 0}},
  };
  for (const Case& c : cases) {
    Config config;
    config.n_rows = c.n_rows;
    config.n_cols = c.n_cols;
    config.num_measurements = c.measurements;
    config.activation = c.activation;
    config.gnc_init = c.prior;
    config.gnc_normalize = c.normalize;
    config.completion = c.completion;
    config.seed = 77;
    const Problem problem = random_problem(config, 0);
    const std::vector<double> tolerances{tolerance_of(config, c.point, problem, 30),
                                         tolerance_of(config, c.point, problem, 2000)};
    const PreparedCell cell(config, c.point, 0, problem);
    const double draws = 2e6 * kBudget;
    std::vector<LossSums> accepted(2);
    for (const ChunkResult& chunk : run_cell(cell, tolerances, static_cast<std::uint64_t>(draws))) {
      for (std::size_t t = 0; t < 2; ++t) accepted[t].add(chunk.accepted[t]);
    }
    const auto curves = run_populations(cell, kPopulations, kSettings, curve_points(tolerances, cell.view()));
    for (std::size_t t = 0; t < 2; ++t) {
      const std::string name = fmt::format("{} tolerance {}", c.name, tolerances[t]);
      std::vector<CurvePoint> points;
      for (const auto& curve : curves) {
        points.push_back(*std::ranges::find(curve, tolerances[t], &CurvePoint::eps_train));
      }
      const SplittingEstimate estimate = splitting_estimate(points);
      ASSERT_TRUE(estimate.reached) << name;
      const auto count = static_cast<double>(accepted[t].count);
      const double error = std::hypot(log_rate_error(points), 1 / std::sqrt(count));
      EXPECT_LT(std::abs(std::log(estimate.rate / (count / draws))), 4 * error)
          << name << ": " << estimate.rate << " against " << count / draws;
      if (count < 20) continue;
      const LossStatistics gen = loss_statistics(accepted[t]);
      EXPECT_LT(std::abs(*estimate.gen - *gen.mean), 4 * std::hypot(*estimate.gen_se, *gen.standard_error))
          << name << ": " << *estimate.gen << " against " << *gen.mean;
    }
  }
}

/// Depth 1 or infinite width, and one-hot measurements: every measured entry is N(0, 1 / n_cols), so the
/// train loss has a noncentral chi-squared law, and the others are independent of it.
struct KnownCase {
  Config config;
  Point point{5, 1, 0.0, 0.0};
  Problem problem;

  KnownCase(std::int64_t size, std::int64_t measurements, std::uint64_t seed) {
    config.n_rows = config.n_cols = size;
    config.num_measurements = measurements;
    config.completion = true;
    config.seed = 3;
    problem = random_problem(config, 0);
    config.seed = seed;
  }
  double rate(double eps) const {
    const auto n = static_cast<double>(problem.n_train());
    const auto cols = static_cast<double>(config.n_cols);
    const boost::math::non_central_chi_squared law(n, cols * problem.b_train.squaredNorm());
    return boost::math::cdf(law, cols * n * eps);
  }
  double gen() const {
    return 1.0 / static_cast<double>(config.n_cols) +
           problem.b_test.squaredNorm() / static_cast<double>(problem.n_test());
  }
};

TEST(SplittingAgreement, WithANoncentralChiSquaredLaw) {
  const KnownCase known(5, 15, 12);
  for (const Point& point : {known.point, Point{kInfiniteWidth, 4, 0.0, 0.0}}) {
    const PreparedCell cell(known.config, point, 0, known.problem);
    std::vector<double> points{0.3, 0.1, 0.02, 1e-3, 1e-4, 1e-5, 1e-6};
    const auto curves = run_populations(cell, kPopulations, kSettings, points);
    for (std::size_t t = 0; t < points.size(); ++t) {
      const auto at = points_at(curves, t);
      const SplittingEstimate estimate = splitting_estimate(at);
      ASSERT_TRUE(estimate.reached) << points[t];
      const double truth = known.rate(points[t]);
      EXPECT_LT(std::abs(std::log(estimate.rate / truth)), 4 * log_rate_error(at))
          << points[t] << ": " << estimate.rate << " against " << truth;
      EXPECT_LT(std::abs(*estimate.gen - known.gen()), 4 * *estimate.gen_se) << points[t];
      fmt::print("depth {}, eps {:g}: rate {:.4g} ({:.4g}), gen {:.5f} ({:.5f})\n", point.depth, points[t],
                 estimate.rate, truth, *estimate.gen, known.gen());
    }
  }
}

}  // namespace
}  // namespace gnc
