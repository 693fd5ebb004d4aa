#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "host/statistics/pareto_fit.hpp"
#include "host/statistics/weight_statistics.hpp"
#include "kernels/exact_sum.hpp"

namespace gnc {
namespace {

TEST(ExactSum, DoesNotDependOnOrderAndReachesBeyondDoubles) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> fraction(1.0, 2.0);
  std::uniform_int_distribution<std::int64_t> exponent(-3000, 50);
  std::vector<ScaledReal> terms;
  for (int i = 0; i < 5000; ++i) terms.push_back({fraction(random), exponent(random)});
  ExactSum forward, backward, parts;
  for (const ScaledReal& term : terms) forward.add(term);
  std::reverse(terms.begin(), terms.end());
  for (const ScaledReal& term : terms) backward.add(term);
  ExactSum half;
  for (std::size_t i = 0; i < terms.size(); ++i) (i % 3 == 0 ? half : parts).add(terms[i]);
  parts.add(half);
  EXPECT_TRUE(forward == backward);
  EXPECT_TRUE(forward == parts);
}

TEST(ExactSum, IsTheSum) {
  ExactSum small;
  for (int i = 0; i < 1000; ++i) small.add(ScaledReal{1.5, -2001});
  EXPECT_NEAR(small.value().log(), std::log(1500.0) - 2001 * std::log(2.0), 1e-9);
  ExactSum exact;
  exact.add(ScaledReal::of(0.1));
  exact.add(ScaledReal::of(1e17));
  exact.add(ScaledReal::of(3.0));
  EXPECT_EQ(exact.value().fraction * std::exp2(static_cast<double>(exact.value().exponent)), 1e17);
  EXPECT_EQ(ExactSum().value().fraction, 0.0);
}

TEST(ParetoShape, FindsTheShapeOfItsOwnDistribution) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (const double shape : {0.1, 0.5, 0.9}) {
    std::vector<double> sample;
    for (int i = 0; i < 20'000; ++i)
      sample.push_back((std::pow(1.0 - uniform(random), -shape) - 1.0) / shape);
    std::sort(sample.begin(), sample.end());
    // The standard deviation of k-hat is about (1 + k) / sqrt(n).
    EXPECT_NEAR(pareto_fit(sample)->shape, shape, 4 * (1 + shape) / std::sqrt(20'000.0));
  }
  EXPECT_FALSE(pareto_fit({1.0, 1.0, 1.0, 1.0, 1.0, 1.0}));
  EXPECT_FALSE(pareto_fit({1.0, 2.0}));
}

TEST(WeightStatistics, MeanLossAndErrorsAreThoseOfTheFormulas) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  WeightTallyBuilder builder(100);
  std::vector<double> w, x;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    w.push_back(i % 4 == 0 ? 0.0 : std::exp(normal(random) - 20.0));
    x.push_back(std::exp(0.5 * normal(random)));
    builder.add(i, ScaledReal::of(w.back()), x.back(), x.back());
  }
  const WeightTally tally = builder.take();
  EXPECT_EQ(tally.nonzero, 3000u);
  double sum = 0, squares = 0, wx = 0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i], squares += w[i] * w[i], wx += w[i] * x[i];
  double spread = 0, cubes = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    spread += std::pow(w[i] * (x[i] - wx / sum), 2);
    cubes += std::pow(w[i], 3);
  }
  const WeightStatistics found = weight_statistics(tally, 4000);
  EXPECT_NEAR(found.rate / (sum / 4000), 1.0, 1e-12);
  EXPECT_NEAR(*found.ess / (sum * sum / squares), 1.0, 1e-12);
  EXPECT_NEAR(*found.gen / (wx / sum), 1.0, 1e-12);
  // The weights that are not kept add about a hundred-thousandth to the cubes.
  const double left = 1.0 - 2.0 * cubes / (sum * squares) + squares / (sum * sum);
  EXPECT_NEAR(*found.gen_se / (std::sqrt(spread / left) / sum), 1.0, 1e-5);
  EXPECT_EQ(tally.posterior.size(), 100u);
  EXPECT_GE(found.gen_quartiles->median, found.gen_quartiles->q25);
  EXPECT_LE(found.gen_quartiles->median, found.gen_quartiles->q75);
}

}  // namespace
}  // namespace gnc
