#include "host/report/point_summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(PointSummary, TakesMedianQuartilesAndRangeOverSeeds) {
  const auto summaries = summarize_points(sample_run());
  ASSERT_EQ(summaries.size(), 4u);
  const PointSummary& first = summaries[0];
  EXPECT_EQ(first.width, 5);
  EXPECT_EQ(first.eps_train, 0.02);
  EXPECT_EQ(first.drawn, 2'000'000u);
  EXPECT_EQ(first.accepted, 2100u);
  ASSERT_TRUE(first.rate && first.gnc && first.gd && first.prior);
  EXPECT_DOUBLE_EQ(first.rate->median.value, 1.05e-3);
  EXPECT_DOUBLE_EQ(first.rate->lowest.value, 1.0e-3);
  EXPECT_DOUBLE_EQ(first.rate->highest.value, 1.1e-3);
  EXPECT_DOUBLE_EQ(first.gnc->median, 0.1 + 0.1 / 3.0);
  EXPECT_DOUBLE_EQ(first.gnc->q25, 0.1 + 0.05 / 3.0);
}

TEST(PointSummary, SeedsWithoutAcceptedDrawsGiveABound) {
  const PointSummary last = summarize_points(sample_run())[3];
  ASSERT_TRUE(last.rate && last.gnc);
  EXPECT_EQ(last.rate->without_rate, 1);
  EXPECT_FALSE(last.rate->median.positive());
  EXPECT_NEAR(last.rate->bound.value, -std::expm1(std::log(0.025) / 1e6), 1e-15);
  EXPECT_EQ(last.gnc->median, 0.1);
}

// One seed at 0.5 and one below 3.7e-6: the median of the two is unknown.
TEST(PointSummary, MedianThatRestsOnAnEmptySeedIsUnknown) {
  RunResults run = sample_run();
  run.cells[2].tolerances[1].acceptance_rate = 0.5;
  run.cells[2].tolerances[1].rate_high = 0.6;
  const PointSummary last = summarize_points(run)[3];
  ASSERT_TRUE(last.rate);
  EXPECT_FALSE(last.rate->median.positive());
  EXPECT_FALSE(last.rate->q25.positive());
  EXPECT_FALSE(last.rate->q75.positive()) << "between an empty seed and 0.5";
  ASSERT_TRUE(last.gnc);
  EXPECT_EQ(last.gnc->seeds, 1);
  CellResult third = run.cells[2];
  third.seed = 2;
  run.cells.push_back(third);
  EXPECT_EQ(summarize_points(run)[3].rate->median.value, 0.5) << "the empty seed ranks below the two others";
  EXPECT_TRUE(rests_on_some_seeds(last, *last.gnc));
  EXPECT_FALSE(rests_on_some_seeds(last, *last.rate));
}

// A rate that is known by a bound alone may be anywhere below it, above the others' too.
TEST(PointSummary, MedianIsUnknownWhereABoundMayLieAboveIt) {
  RunResults run = sample_run();
  for (const std::int64_t seed : {2, 3}) {
    run.cells.push_back(run.cells[2]);
    run.cells.back().seed = seed;
  }
  ASSERT_TRUE(summarize_points(run)[3].rate->median.positive()) << "a bound below the three others";
  ToleranceResult& unknown = run.cells[3].tolerances[1];
  ASSERT_FALSE(unknown.has_rate());
  unknown.rate_high = 1.0;
  const PointSummary last = summarize_points(run)[3];
  EXPECT_EQ(last.rate->median.value, run.cells[2].tolerances[1].acceptance_rate)
      << "the three others are equal";
  run.cells[4].tolerances[1].acceptance_rate *= 2.0;
  EXPECT_FALSE(summarize_points(run)[3].rate->median.positive());
  EXPECT_EQ(summarize_points(run)[3].rate->bound.value, 1.0);
}

// Rates of 1, 4 and 2 times 1e-340, of which no double holds one.
TEST(PointSummary, RatesBelowTheDoublesRankByTheirLogarithms) {
  RunResults run = sample_run();
  run.config.points.resize(1);
  run.config.gnc_eps_train = {0.02};
  run.config.num_seeds = 3;
  run.cells.resize(3, run.cells[0]);
  const auto set = [&](std::size_t seed, double factor) {
    ToleranceResult& result = run.cells[seed].tolerances[0];
    result.acceptance_rate = result.rate_low = 0.0;
    result.rate_high = std::numeric_limits<double>::min();
    result.log10 = {std::log10(factor) - 340.0, std::log10(factor) - 340.5, std::log10(factor) - 339.5};
    run.cells[seed].width = 5;
  };
  set(0, 1.0);
  set(1, 4.0);
  set(2, 2.0);
  RateSummary rate = summarize_points(run)[0].rate.value();
  EXPECT_EQ(rate.without_rate, 0);
  EXPECT_NEAR(rate.median.log10, std::log10(2.0) - 340.0, 1e-12);
  EXPECT_NEAR(rate.q25.log10, std::log10(1.5) - 340.0, 1e-12);
  EXPECT_NEAR(rate.q75.log10, std::log10(3.0) - 340.0, 1e-12);
  EXPECT_NEAR(rate.lowest.log10, -340.0, 1e-12);
  EXPECT_NEAR(rate.highest.log10, std::log10(4.0) - 340.0, 1e-12);
  EXPECT_EQ(rate.median.value, 0.0);
  // Beside a rate that a double holds, and one that is known to be below a bound.
  run.cells[1].tolerances[0].acceptance_rate = 1e-5;
  rate = summarize_points(run)[0].rate.value();
  EXPECT_NEAR(rate.median.log10, std::log10(2.0) - 340.0, 1e-12);
  EXPECT_NEAR(rate.q75.value, 0.5e-5, 1e-18);
  EXPECT_NEAR(rate.q75.log10, std::log10(0.5e-5), 1e-12);
  run.cells[0].tolerances[0] = none_accepted(0.02, 1e-6);
  rate = summarize_points(run)[0].rate.value();
  EXPECT_FALSE(rate.median.positive()) << "the bound lies above the rate that would be the median";
  EXPECT_EQ(rate.without_rate, 1);
  EXPECT_EQ(rate.bound.value, 1e-6);
  run.cells[0].tolerances[0].rate_high = std::numeric_limits<double>::min();
  run.cells[0].tolerances[0].log10.high = -345.0;
  rate = summarize_points(run)[0].rate.value();
  EXPECT_NEAR(rate.median.log10, std::log10(2.0) - 340.0, 1e-12);
  EXPECT_NEAR(rate.bound.log10, -345.0, 1e-12);
}

TEST(PointSummary, DivergedDescentRanksAsInfinite) {
  RunResults run = sample_run();
  run.cells[0].gd_gen = INFINITY;
  run.cells[1].gd_gen = INFINITY;
  const auto summaries = summarize_points(run);
  ASSERT_TRUE(summaries[0].gd);
  EXPECT_TRUE(std::isinf(summaries[0].gd->median));
}

TEST(PointSummary, UnknownStaysUnknown) {
  RunResults run = sample_run();
  run.cells.clear();
  for (const PointSummary& summary : summarize_points(run)) {
    EXPECT_EQ(summary.drawn, 0u);
    EXPECT_FALSE(summary.rate || summary.gnc || summary.gd || summary.prior);
  }
}

}  // namespace
}  // namespace gnc
