#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "host/config/names.hpp"
#include "host/statistics/clopper_pearson.hpp"
#include "host/statistics/student_t.hpp"
#include "host/statistics/weight_statistics.hpp"
#include "tests/engine/reference_cases.hpp"
#include "tests/estimators/estimate_cell.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {
namespace {

constexpr double kNormal = std::numeric_limits<double>::infinity();

struct Interval {
  double low = 0.0, high = 0.0;

  static Interval around(double mean, double error, double degrees) {
    const double half = student_half_width(degrees) * error;
    return {mean - half, mean + half};
  }
  /// `error`: what the truth is known to.
  bool covers(double truth, double error) const { return low <= truth + error && truth - error <= high; }
};

/// 95 % intervals of one estimate.
struct Answer {
  Interval rate, gen;
};

// Of each as much as gives a rate to 5 to 15 %.
Answer by_reject(const PreparedCell& cell, double eps) {
  constexpr std::uint64_t kDraws = 300'000;
  LossSums accepted;
  for (const ChunkResult& chunk : run_cell(cell, {eps}, kDraws)) accepted.add(chunk.accepted[0]);
  const ProbabilityInterval rate = clopper_pearson(accepted.count, kDraws);
  const LossStatistics gen = loss_statistics(accepted);
  return {{rate.low, rate.high}, Interval::around(*gen.mean, *gen.standard_error, kNormal)};
}

Answer by_conditional(const PreparedCell& cell, double eps) {
  constexpr std::uint64_t kDraws = 8'000;
  const WeightStatistics found = weight_statistics(weights_of(run_cell(cell, {eps}, kDraws)), kDraws);
  return {{found.rate_low, found.rate_high}, Interval::around(*found.gen, *found.gen_se, kNormal)};
}

Answer by_splitting(const PreparedCell& cell, double eps) {
  constexpr std::uint64_t kPopulations = 8;
  const auto curves = run_populations(cell, kPopulations, {256, kDefaultSweeps}, {eps});
  const SplittingEstimate found = splitting_estimate(points_at(curves, 0));
  return {{found.rate_low, found.rate_high},
          Interval::around(found.gen.value_or(NAN), found.gen_se.value_or(NAN), kPopulations - 1.0)};
}

class Coverage : public testing::TestWithParam<Estimator> {};

// Width 5, depth 2, tolerance 0.02, which 10^9 draws answered. GNC_COVERAGE_SEEDS sets the number of seeds.
TEST_P(Coverage, NineteenIntervalsInTwentyHoldTheReference) {
#ifdef __SANITIZE_ADDRESS__
  constexpr int kSeeds = 2;  // the same code; too few to judge coverage by
#else
  constexpr int kSeeds = 60;
#endif
  const char* text = std::getenv("GNC_COVERAGE_SEEDS");
  const int seeds = text != nullptr ? std::atoi(text) : kSeeds;
  ReferenceCase c = rejection_cases().front();
  c.config.estimator = GetParam();
  int rate = 0, gen = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    c.config.seed = 5000 + static_cast<std::uint64_t>(seed);
    const PreparedCell cell = prepared_cell(c);
    const double eps = c.config.gnc_eps_train.front();
    const Answer answer = GetParam() == Estimator::Reject        ? by_reject(cell, eps)
                          : GetParam() == Estimator::Conditional ? by_conditional(cell, eps)
                                                                 : by_splitting(cell, eps);
    rate += answer.rate.covers(c.rate, c.rate_se) ? 1 : 0;
    gen += answer.gen.covers(c.gen, c.gen_se) ? 1 : 0;
  }
  fmt::print("{}: of {} intervals {} hold the rate, {} the generalization loss\n", name_of(GetParam()), seeds,
             rate, gen);
  for (const int covered : {rate, gen}) {
    const double sigma = std::sqrt(seeds * 0.95 * 0.05);
    EXPECT_GT(covered, seeds * 0.95 - 4 * sigma);
    if (seeds < 200) continue;
    EXPECT_GE(covered, 0.90 * seeds);
    EXPECT_LE(covered, 0.99 * seeds);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Coverage,
                         testing::Values(Estimator::Reject, Estimator::Conditional, Estimator::Splitting),
                         [](const auto& of) { return std::string(name_of(of.param)); });

}  // namespace
}  // namespace gnc
