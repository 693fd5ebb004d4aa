#include "host/splitting/splitting_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "host/statistics/clopper_pearson.hpp"
#include "host/statistics/student_t.hpp"

namespace gnc {
namespace {

CurvePoint point(double log_rate, double gen) { return {0.01, true, log_rate, 100, gen}; }

TEST(SplittingEstimate, MatchesFiguresByHand) {
  const std::vector<CurvePoint> points{point(std::log(1e-5), 1.0), point(std::log(2e-5), 2.0),
                                       point(std::log(3e-5), 4.0)};
  const SplittingEstimate estimate = splitting_estimate(points);
  EXPECT_TRUE(estimate.reached);
  EXPECT_NEAR(estimate.rate, 2e-5, 1e-17);
  // Standard deviation of log 1, log 2, log 3 is 0.5555; Student's t with 2 degrees of freedom, 97.5
  // %: 4.3027.
  const double variance = 0.5555484 * 0.5555484;
  const double half = 4.302652730 * std::sqrt(variance / 3.0 + variance * variance / 4.0);
  EXPECT_NEAR(estimate.log_spread, 0.5555484, 1e-6);
  EXPECT_NEAR(estimate.rate_low, 2e-5 * std::exp(-half), 1e-11);
  EXPECT_NEAR(estimate.rate_high, 2e-5 * std::exp(half), 1e-9);
  EXPECT_NEAR(*estimate.gen, (1 * 1.0 + 2 * 2.0 + 3 * 4.0) / 6, 1e-12);
  // Deviations -11/6, -5/6, 7/6 times 1, 2, 3. Of normalised weights the squares have sum 7/18, the cubes
  // 1/6; 18/7 populations count: Student's t with 11/7 degrees of freedom, 97.5 %, is 5.64819.
  const double squares = (121.0 + 100.0 + 441.0) / 36.0;
  const double left = 1.0 - 2.0 * (1.0 / 6.0) / (7.0 / 18.0) + 7.0 / 18.0;
  EXPECT_NEAR(*estimate.gen_se, std::sqrt(squares / left) / 6 * 5.648190765368954 / 4.302652729749464, 1e-9);
  EXPECT_EQ(estimate.below, 300u);
  EXPECT_FALSE(estimate.gen_quartiles);
}

// Three parts of a posterior: losses near 0, 10 and 20. Of the rates 1, 2 and 3 the losses near 0 have
// 1 + 2 / 4 = 1.5 of 6, a quarter to within a value, those near 20 have 3 * 3 / 4 = 2.25 of 6.
TEST(SplittingEstimate, QuartilesAreOfAllPopulationsParticles) {
  std::vector<CurvePoint> points{point(-900.0, 0.0), point(-900.0 + std::log(2.0), 7.5),
                                 point(-900.0 + std::log(3.0), 17.5)};
  points[0].gen_losses = {0.1f, 0.2f};
  points[1].gen_losses = {0.3f, 10.1f, 10.2f, 10.3f};
  points[2].gen_losses = {10.4f, 20.1f, 20.2f, 20.3f};
  const SplittingEstimate estimate = splitting_estimate(points);
  ASSERT_TRUE(estimate.gen_quartiles);
  // The values and the middles of their weights: 0.1 at 0.25, 0.2 at 0.75, 0.3 at 1.25, 10.1 at 1.75, 10.2 at
  // 2.25, 10.3 at 2.75, 10.4 at 3.375, 20.1 at 4.125, 20.2 at 4.875, 20.3 at 5.625; of a total of 6.
  EXPECT_NEAR(estimate.gen_quartiles->q25, (0.3 + 10.1) / 2, 1e-5);
  EXPECT_NEAR(estimate.gen_quartiles->median, 10.3 + 0.1 * (3.0 - 2.75) / (3.375 - 2.75), 1e-5);
  EXPECT_NEAR(estimate.gen_quartiles->q75, 20.1 + 0.1 * (4.5 - 4.125) / (4.875 - 4.125), 1e-5);
  // A population that has no weight beside the others has no part in them.
  points[0].log_rate = -2000.0;
  EXPECT_GT(splitting_estimate(points).gen_quartiles->q25, 10.0);
}

TEST(SplittingEstimate, RatesBelowTheRangeOfDoubleKeepTheirAverages) {
  const std::vector<CurvePoint> tiny{point(-900.0, 1.0), point(-900.0 + std::log(3.0), 2.0)};
  const SplittingEstimate estimate = splitting_estimate(tiny);
  EXPECT_TRUE(estimate.reached);
  EXPECT_EQ(estimate.rate, 0.0);
  EXPECT_EQ(estimate.rate_low, 0.0);
  EXPECT_EQ(estimate.rate_high, std::numeric_limits<double>::min());
  EXPECT_NEAR(*estimate.gen, 7.0 / 4.0, 1e-12);
  // The mean of 1 and 3 is 2, the standard deviation of log 1 and log 3 is log(3) / sqrt(2); Student's t with
  // one degree of freedom, 97.5 %: 12.7062.
  const double per_decade = std::log(10.0), variance = 0.5 * std::log(3.0) * std::log(3.0);
  const double half = 12.706204736 * std::sqrt(variance / 2.0 + variance * variance / 2.0);
  EXPECT_NEAR(estimate.log10.rate, (-900.0 + std::log(2.0)) / per_decade, 1e-10);
  EXPECT_NEAR(estimate.log10.low, (-900.0 + std::log(2.0) - half) / per_decade, 1e-7);
  EXPECT_NEAR(estimate.log10.high, (-900.0 + std::log(2.0) + half) / per_decade, 1e-7);
  const std::vector<CurvePoint> small{point(-690.0, 1.0), point(-690.0, 2.0)};
  EXPECT_NEAR(splitting_estimate(small).rate / std::exp(-690.0), 1.0, 1e-12);
}

// Of -336 and -700 the standard deviation is 364 / sqrt(2); with 12.7 of them no interval is left.
TEST(SplittingEstimate, TheSpreadIsKnownWhereTheIntervalIsAll) {
  const SplittingEstimate estimate = splitting_estimate(std::vector{point(-336.0, 1.0), point(-700.0, 2.0)});
  EXPECT_EQ(estimate.rate_low, 0.0);
  EXPECT_EQ(estimate.rate_high, 1.0);
  EXPECT_NEAR(estimate.log_spread, 364.0 / std::sqrt(2.0), 1e-9);
}

TEST(SplittingEstimate, OnePopulationThatStoppedLeavesItOpen) {
  const std::vector<CurvePoint> points{point(-20.0, 1.0), point(-21.0, 1.0), {0.01, false, -19.0}};
  const SplittingEstimate estimate = splitting_estimate(points);
  EXPECT_FALSE(estimate.reached);
  EXPECT_EQ(estimate.rate, 0.0);
  EXPECT_EQ(estimate.rate_low, 0.0);
  EXPECT_EQ(estimate.rate_high, 1.0);
  EXPECT_FALSE(estimate.gen || estimate.gen_se || estimate.gen_quartiles);
}

/// A population's curve at tolerances 0.1, 0.01, 0.001.
std::vector<CurvePoint> curve(double first, double second, double third, int reached) {
  std::vector<CurvePoint> points{point(first, 1.0), point(second, 1.0), point(third, 1.0)};
  for (int i = 0; i < 3; ++i) {
    points[static_cast<std::size_t>(i)].eps_train = std::pow(10.0, -1.0 - i);
    points[static_cast<std::size_t>(i)].reached = i < reached;
  }
  return points;
}

// The rate at a tolerance is at most that at a larger one. Where populations stopped, their levels may
// happen to agree far below the rate.
TEST(SplittingEstimates, ATolerancesBoundIsThatOfTheLastOneThatAllReached) {
  const std::vector curves{curve(-5, -10, -500, 3), curve(-6, -12, -501, 2), curve(-5.5, -11, -500.5, 2)};
  const std::vector<SplittingEstimate> estimates = splitting_estimates(curves, 100);
  ASSERT_EQ(estimates.size(), 3u);
  const std::vector<CurvePoint> second{curves[0][1], curves[1][1], curves[2][1]};
  EXPECT_TRUE(estimates[1].reached);
  EXPECT_EQ(estimates[1].rate_high, splitting_estimate(second).rate_high);
  EXPECT_FALSE(estimates[2].reached);
  EXPECT_EQ(estimates[2].rate, 0.0);
  EXPECT_EQ(estimates[2].rate_high, estimates[1].rate_high);
  const std::vector none{curve(-5, -5, -5, 0), curve(-6, -12, -501, 2)};
  for (const SplittingEstimate& estimate : splitting_estimates(none, 100)) {
    EXPECT_FALSE(estimate.reached);
    EXPECT_EQ(estimate.rate_high, 1.0);
  }
}

// The largest of them is -19, their standard deviation 1.
TEST(SplittingEstimates, AreBoundsWhileOthersAreOutstanding) {
  const std::vector curves{curve(-5, -20, -30, 2), curve(-5, -21, -30, 2), curve(-5, -19, -30, 2)};
  const std::vector<SplittingEstimate> estimates = splitting_estimates(curves, 100, true);
  const double bound = -19.0 + 4.302652730 * std::sqrt(1.0 / 3.0 + 1.0 / 4.0);
  EXPECT_NEAR(std::log(estimates[0].rate_high), -5.0, 1e-12);
  EXPECT_NEAR(std::log(estimates[1].rate_high), bound, 1e-6);
  EXPECT_NEAR(std::log(estimates[2].rate_high), bound, 1e-6);
  EXPECT_NEAR(estimates[2].log10.high, bound / std::log(10.0), 1e-6);
  for (const SplittingEstimate& estimate : estimates) {
    EXPECT_FALSE(estimate.reached || estimate.gen);
    EXPECT_EQ(estimate.rate, 0.0);
    EXPECT_EQ(estimate.log10.rate, -INFINITY);
    EXPECT_EQ(estimate.log10.low, -INFINITY);
  }
}

TEST(SplittingEstimates, BoundsBelowTheDoublesHaveTheirLogarithms) {
  const std::vector curves{curve(-5, -800, -900, 2), curve(-5, -801, -900, 2), curve(-5, -799, -900, 2)};
  const std::vector<SplittingEstimate> estimates = splitting_estimates(curves, 100);
  // Student's t with 2 degrees of freedom and a standard deviation of 1.
  const double half = 4.302652730 * std::sqrt(1.0 / 3.0 + 1.0 / 4.0);
  const double log_rate = -800.0 + std::log((std::exp(-1.0) + 1.0 + std::exp(1.0)) / 3.0);
  EXPECT_NEAR(estimates[1].log10.rate, log_rate / std::log(10.0), 1e-10);
  EXPECT_NEAR(estimates[1].log10.high, (log_rate + half) / std::log(10.0), 1e-6);
  EXPECT_EQ(estimates[2].rate_high, std::numeric_limits<double>::min());
  EXPECT_EQ(estimates[2].log10.high, estimates[1].log10.high);
  const double bound = -799.0 + half;
  EXPECT_NEAR(splitting_estimates(curves, 100, true)[1].log10.high, bound / std::log(10.0), 1e-6);
}

TEST(SplittingEstimates, RefuseCurvesThatDoNotBelongTogether) {
  const std::vector<std::vector<CurvePoint>> one(1, curve(-1, -2, -3, 3));
  EXPECT_THROW(splitting_estimates(one, 10), std::invalid_argument);
  std::vector curves{curve(-1, -2, -3, 3), curve(-1, -2, -3, 3)};
  curves[1][2].eps_train = 0.002;
  EXPECT_THROW(splitting_estimates(curves, 10), std::invalid_argument);
  curves[1].pop_back();
  EXPECT_THROW(splitting_estimates(curves, 10), std::invalid_argument);
}

TEST(SplittingEstimate, NineteenIntervalsInTwentyHoldTheMeanOfLognormalRates) {
  constexpr int kRepetitions = 4000;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  for (const auto& [populations, spread] : {std::pair{24, 0.3}, std::pair{24, 0.95}, std::pair{8, 0.6}}) {
    const double truth = std::exp(-40.0 + 0.5 * spread * spread);
    int covered = 0;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
      std::vector<CurvePoint> points;
      for (int r = 0; r < populations; ++r) points.push_back(point(-40.0 + spread * normal(random), 1.0));
      const SplittingEstimate found = splitting_estimate(points);
      covered += found.rate_low <= truth && truth <= found.rate_high ? 1 : 0;
    }
    EXPECT_GT(covered, 0.925 * kRepetitions) << populations << " populations, spread " << spread;
    EXPECT_LT(covered, 0.985 * kRepetitions) << populations << " populations, spread " << spread;
  }
}

// Rates as above, and losses that share a part of their logarithm's deviation: the mean loss, weighted by
// rates, is correlation * spread. 4000 repetitions tell a coverage of 0.9 to 0.005.
TEST(SplittingEstimate, IntervalsOfLossesHoldWhereAFewPopulationsCarryThem) {
  constexpr int kRepetitions = 4000;
  struct Case {
    int populations;
    double spread, correlation, least;
  };
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  for (const Case& c :
       {Case{24, 0.3, 0.5, 0.925}, Case{8, 0.3, 0.5, 0.935}, Case{24, 0.6, 0.5, 0.92},
        Case{8, 0.6, 0.5, 0.92}, Case{24, 0.6, 0.9, 0.90}, Case{8, 0.6, 0.9, 0.885}, Case{24, 0.9, 0.5, 0.89},
        Case{8, 0.9, 0.5, 0.90}, Case{24, 0.9, 0.9, 0.845}, Case{8, 0.9, 0.9, 0.82}}) {
    int covered = 0;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
      std::vector<CurvePoint> points;
      for (int r = 0; r < c.populations; ++r) {
        const double deviation = normal(random);
        points.push_back(point(
            -40.0 + c.spread * deviation,
            c.correlation * deviation + std::sqrt(1.0 - c.correlation * c.correlation) * normal(random)));
      }
      const SplittingEstimate found = splitting_estimate(points);
      const double half = student_half_width(c.populations - 1) * *found.gen_se;
      covered += std::abs(*found.gen - c.correlation * c.spread) <= half ? 1 : 0;
    }
    EXPECT_GT(covered, c.least * kRepetitions)
        << c.populations << " populations, spread " << c.spread << ", correlation " << c.correlation;
  }
}

// Clopper and Pearson's of all particles, whose coverage is 95 % or more; a spread would tell little of a few
// particles that are not below. 2000 repetitions tell 0.95 to 0.005.
TEST(SplittingEstimate, RatesNearOneHaveTheIntervalOfAllParticles) {
  constexpr int kRepetitions = 2000;
  constexpr std::uint64_t kParticles = 256;
  std::mt19937_64 random(5);
  for (const double rate : {0.7, 0.99, 0.9993, 0.9999}) {
    std::binomial_distribution<int> below(static_cast<int>(kParticles), rate);
    int covered = 0;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
      std::vector<CurvePoint> points;
      std::uint64_t all_below = 0;
      for (int r = 0; r < 24; ++r) {
        const int count = below(random);
        all_below += static_cast<std::uint64_t>(count);
        points.push_back(point(std::log(count / static_cast<double>(kParticles)), 1.0));
      }
      const SplittingEstimate found = splitting_estimate(points, kParticles);
      const ProbabilityInterval exact = clopper_pearson(all_below, 24 * kParticles);
      ASSERT_EQ(found.rate_low, exact.low);
      ASSERT_EQ(found.rate_high, exact.high);
      covered += found.rate_low <= rate && rate <= found.rate_high ? 1 : 0;
    }
    EXPECT_GT(covered, 0.94 * kRepetitions) << rate;
  }
}

TEST(SplittingEstimate, EverythingBelow) {
  const std::vector<CurvePoint> points{point(0.0, 1.0), point(0.0, 1.0)};
  EXPECT_EQ(splitting_estimate(points).rate, 1.0);
  EXPECT_EQ(splitting_estimate(points).rate_high, 1.0);
  EXPECT_EQ(splitting_estimate(points, 100).log10.rate, 0.0);
  EXPECT_NEAR(splitting_estimate(points, 100).log10.low, std::log10(0.025) / 200.0, 1e-9);
  EXPECT_FALSE(splitting_estimate(points).gen_se.has_value());
  // All of 200 trials: (0.025)^(1 / 200).
  EXPECT_NEAR(splitting_estimate(points, 100).rate_low, std::pow(0.025, 1.0 / 200.0), 1e-9);
}

TEST(SplittingEstimate, NeedsTwoPopulations) {
  EXPECT_THROW(splitting_estimate(std::vector<CurvePoint>{point(-1.0, 1.0)}), std::invalid_argument);
}

}  // namespace
}  // namespace gnc
