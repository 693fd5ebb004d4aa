#include "host/statistics/loss_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace gnc {
namespace {

LossSums sums_of(const std::vector<float>& losses) {
  LossSums sums;
  for (const float loss : losses) sums.add(loss);
  return sums;
}

/// Uniform losses of the given mean and half-width.
std::vector<float> losses(int count, double mean, double half_width) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(mean - half_width, mean + half_width);
  std::vector<float> drawn(static_cast<std::size_t>(count));
  for (float& loss : drawn) loss = static_cast<float>(uniform(random));
  return drawn;
}

double two_pass_standard_error(const std::vector<float>& sample) {
  const auto n = static_cast<double>(sample.size());
  double mean = 0.0;
  for (const float x : sample) mean += x / n;
  double squares = 0.0;
  for (const float x : sample) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / (n - 1.0) / n);
}

TEST(LossStatistics, NothingAndASingleLossHaveNoStandardError) {
  EXPECT_FALSE(loss_statistics(LossSums{}).mean);
  EXPECT_FALSE(loss_statistics(LossSums{}).standard_error);
  const LossStatistics one = loss_statistics(sums_of({0.25f}));
  EXPECT_EQ(one.mean, 0.25);
  EXPECT_FALSE(one.standard_error);
}

// Of 2^-41 a half is rounded to 2^-40 or to 0, twice too much or nothing.
TEST(LossStatistics, MeansThatRoundingMadeAreUnknown) {
  for (const float loss : {0.0f, 0x1p-42f, 0x1.8p-41f, 0x1.8p-37f}) {
    EXPECT_FALSE(loss_statistics(sums_of({loss, loss})).mean) << loss;
  }
  for (const float loss : {0x1.1p-36f, 0x1.08p-36f, 1e-10f}) {
    const auto mean = loss_statistics(sums_of({loss, loss, loss})).mean;
    ASSERT_TRUE(mean) << loss;
    EXPECT_NEAR(*mean / static_cast<double>(loss), 1.0, 1.0 / 32.0);
  }
}

TEST(LossStatistics, TwoLossesByHand) {
  const LossStatistics two = loss_statistics(sums_of({0.25f, 0.75f}));
  EXPECT_EQ(two.mean, 0.5);
  EXPECT_NEAR(*two.standard_error, 0.25, 1e-10);
}

// 2^23 is the largest loss that the sums hold.
TEST(LossStatistics, MeansOfLossesThatWereHeldAreUnknown) {
  for (const float loss : {0x1p23f, 0x1p24f, 1e30f, INFINITY, NAN}) {
    const LossStatistics held = loss_statistics(sums_of({0.25f, loss, 0.5f}));
    EXPECT_TRUE(held.too_large) << loss;
    EXPECT_FALSE(held.mean || held.standard_error) << loss;
  }
  // Here the square alone is too large.
  const LossStatistics large = loss_statistics(sums_of({1.0f, 1e6f, 2.0f}));
  EXPECT_FALSE(large.too_large || large.standard_error);
  EXPECT_NEAR(large.mean.value_or(0.0), 1000003.0 / 3.0, 1e-9);
  // A sum as large as that without such a loss.
  const LossStatistics many = loss_statistics(sums_of(std::vector<float>(2000, 0x1p13f)));
  EXPECT_EQ(many.mean, 0x1p13);
  EXPECT_FALSE(many.too_large);
}

TEST(LossStatistics, AgreesWithTheTwoPassFormula) {
  for (const double scale : {1e-4, 1e-2, 1.0, 100.0}) {
    const std::vector<float> sample = losses(10'000, scale, 0.5 * scale);
    const LossStatistics statistics = loss_statistics(sums_of(sample));
    ASSERT_TRUE(statistics.standard_error) << scale;
    EXPECT_NEAR(*statistics.standard_error / two_pass_standard_error(sample), 1.0, 0.025) << scale;
  }
}

// Squares of losses near 1e-6 are below the step of their sum: an error made of what is left would be too
// small.
TEST(LossStatistics, WhatTheSumsDoNotResolveIsUnknown) {
  const LossStatistics tiny = loss_statistics(sums_of(losses(10'000, 1e-6, 5e-7)));
  EXPECT_NEAR(*tiny.mean, 1e-6, 2e-8);
  EXPECT_FALSE(tiny.standard_error);
  EXPECT_FALSE(loss_statistics(sums_of(losses(10'000, 0.5, 1e-6))).standard_error);
  EXPECT_FALSE(loss_statistics(sums_of(std::vector<float>(10'000, 1000.1f))).standard_error);
}

}  // namespace
}  // namespace gnc
