#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "host/problem/random_problem.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {
namespace {

// Under the sanitizers every case still runs, with wider errors: agreement to a few per cent is for other
// builds.
#ifdef __SANITIZE_ADDRESS__
constexpr SplittingSettings kSettings{96, kDefaultSweeps};
constexpr std::uint64_t kPopulations = 8;
#else
constexpr SplittingSettings kSettings{768, kDefaultSweeps};
constexpr std::uint64_t kPopulations = 16;
#endif

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
