#include "host/statistics/weight_statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "kernels/weight_tally.hpp"

namespace gnc {
namespace {

WeightStatistics statistics_of(const std::vector<double>& w, const std::vector<double>& x) {
  WeightTallyBuilder builder(0);
  for (std::size_t i = 0; i < w.size(); ++i) builder.add(i, ScaledReal::of(w[i]), x[i], x[i]);
  return weight_statistics(builder.take(), w.size());
}

TEST(WeightStatistics, EqualWeightsGiveTheStandardErrorOfAPlainMean) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  // 5000 are more than the largest weights that are kept; draws of weight 0 do not count.
  for (const std::size_t count : {2u, 30u, 5000u}) {
    std::vector<double> w(count, 1e-9), x;
    for (std::size_t i = 0; i < count; ++i) x.push_back(uniform(random));
    double mean = 0.0, squares = 0.0;
    for (const double loss : x) mean += loss / static_cast<double>(count);
    for (const double loss : x) squares += (loss - mean) * (loss - mean);
    const auto n = static_cast<double>(count);
    w.resize(2 * count, 0.0);
    x.resize(2 * count, 0.0);
    EXPECT_NEAR(*statistics_of(w, x).gen_se / std::sqrt(squares / (n * (n - 1.0))), 1.0, 1e-6) << count;
  }
}

TEST(WeightStatistics, OneDrawWithAllOfTheWeightHasNoStandardError) {
  EXPECT_FALSE(statistics_of({1.0, 1e-12}, {0.5, 0.7}).gen_se);
  // Two draws have the variance of two, however unequal: half of the squared difference, times sum w^2.
  EXPECT_NEAR(*statistics_of({1.0, 1e-3}, {0.5, 0.7}).gen_se, 0.2 / std::sqrt(2.0), 1e-3 * 0.2);
}

TEST(WeightStatistics, RatesBelowTheNormalDoublesAreToldByABound) {
  WeightTallyBuilder builder(0);
  double mean = 0.0, mean_square = 0.0;
  for (int i = 0; i < 200; ++i) {
    const double weight = 1.0 + 0.001 * i;
    builder.add(static_cast<std::uint64_t>(i), ScaledReal::of(weight, -1400), 0.1, 0.1);
    mean += weight / 200.0;
    mean_square += weight * weight / 200.0;
  }
  const WeightStatistics found = weight_statistics(builder.take(), 200);
  EXPECT_EQ(found.rate, 0.0);
  EXPECT_EQ(found.rate_low, 0.0);
  EXPECT_EQ(found.rate_high, std::numeric_limits<double>::min());
  // Of weights that are alike the upper end is Student's; the lower one leaves room for draws not met: of 200
  // (0.025)^(1 / 200).
  const double log10_rate = std::log10(mean) - 1400.0 * std::log10(2.0);
  EXPECT_NEAR(found.log10.rate, log10_rate, 1e-9);
  EXPECT_NEAR(found.log10.low, log10_rate + std::log10(0.025) / 200.0, 1e-9);
  const double error = std::sqrt((mean_square / (mean * mean) - 1.0) / 199.0);
  EXPECT_NEAR(found.log10.high, log10_rate + 1.972 * error / std::log(10.0), 1e-5);
  EXPECT_NEAR(*found.gen, 0.1, 1e-12);
  EXPECT_FALSE(found.gen_se) << "of losses that do not vary, at any size of the weights";
}

TEST(WeightStatistics, LogarithmsAreThoseOfTheDoubles) {
  const WeightStatistics found = statistics_of({1e-9, 3e-9, 2e-9, 0.0}, {1.0, 1.0, 1.0, 1.0});
  EXPECT_NEAR(found.log10.rate, std::log10(1.5e-9), 1e-12);
  EXPECT_NEAR(found.log10.low, std::log10(found.rate_low), 1e-12);
  EXPECT_NEAR(found.log10.high, std::log10(found.rate_high), 1e-12);
  const WeightStatistics none = statistics_of(std::vector<double>(100, 0.0), std::vector<double>(100, 0.0));
  EXPECT_EQ(none.log10.rate, -INFINITY);
  EXPECT_EQ(none.log10.low, -INFINITY);
  EXPECT_EQ(none.log10.high, std::log10(none.rate_high));
}

class IntervalOfHeavyTailedWeights : public testing::TestWithParam<double> {};

// Generalized Pareto weights of shape k and mean 1 / (1 - k), in units of 1e-12, and losses -1 where a weight
// is above its 99th percentile and 0 elsewhere. From k = 1/2 on weights have no variance: a run that has met
// no large one has a small sample variance. 1000 repetitions tell a coverage of 0.95 to 0.007.
TEST_P(IntervalOfHeavyTailedWeights, HoldsTheTruthAlsoInRunsThatShowLittleOfTheTail) {
  constexpr int kRepetitions = 1000;
  constexpr std::size_t kDrawn = 4000;
  const double k = GetParam();
  const auto weight = [&](double survival) { return (std::pow(survival, -k) - 1.0) / k; };
  const double truth = 1.0 / (1.0 - k);
  // Share of the mean above the 99th percentile u: 0.01 (u + (1 + k u) / (1 - k)).
  const double u = weight(0.01);
  const double gen = -0.01 * (u + (1.0 + k * u) / (1.0 - k)) / truth;
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> w(kDrawn), x(kDrawn);
  int covered = 0, gen_covered = 0, trusted = 0, trusted_covered = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    for (std::size_t i = 0; i < kDrawn; ++i) {
      const double survival = 1.0 - uniform(random);
      w[i] = 1e-12 * weight(survival);
      x[i] = survival < 0.01 ? 1.0 : 2.0;
    }
    const WeightStatistics found = statistics_of(w, x);
    const bool holds = found.rate_low <= 1e-12 * truth && 1e-12 * truth <= found.rate_high;
    covered += holds ? 1 : 0;
    gen_covered += std::fabs(*found.gen - (2.0 + gen)) < 1.96 * *found.gen_se ? 1 : 0;
    if (*found.pareto_k > 0.7 || *found.ess < 100.0) continue;
    ++trusted;
    trusted_covered += holds ? 1 : 0;
  }
  EXPECT_GT(covered, 0.925 * kRepetitions);
  EXPECT_GT(gen_covered, 0.9 * kRepetitions);
  // Runs that carry no warning are a selection, of those that show little of the tail: some fewer may hold.
  ASSERT_GT(trusted, 30);
  EXPECT_GT(trusted_covered, 0.8 * trusted);
}

INSTANTIATE_TEST_SUITE_P(Shapes, IntervalOfHeavyTailedWeights, testing::Values(0.2, 0.5, 0.65, 0.75));

struct Lognormal {
  std::size_t drawn;
  double spread;       ///< of the logarithm of the weights
  double correlation;  ///< of the loss with it
  double coverage;     ///< of mean +- 1.96 standard errors, at least
};

class StandardErrorAtLowEffectiveSampleSize : public testing::TestWithParam<Lognormal> {};

// Weights exp(s z), losses 10 + u with u and z standard normal of correlation r: the truth is 10 + r s. The
// root mean square of gen_se has to be the root mean squared error; 2,000 repetitions tell their ratio to
// about 2 %. Where losses depend on weights, errors are skewed, and 1.96 standard errors cover less than 95
// %.
TEST_P(StandardErrorAtLowEffectiveSampleSize, IsThatOfTheMeanOverRepetitions) {
  const Lognormal& law = GetParam();
  constexpr int kRepetitions = 2000;
  const double truth = 10.0 + law.correlation * law.spread;
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::vector<double> w(law.drawn), x(law.drawn);
  double squared_errors = 0.0, variances = 0.0, ess = 0.0;
  int covered = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    for (std::size_t i = 0; i < law.drawn; ++i) {
      const double z = normal(random), own = normal(random);
      w[i] = std::exp(law.spread * z);
      x[i] = 10.0 + law.correlation * z + std::sqrt(1.0 - law.correlation * law.correlation) * own;
    }
    const WeightStatistics found = statistics_of(w, x);
    const double error = *found.gen - truth;
    squared_errors += error * error;
    variances += *found.gen_se * *found.gen_se;
    covered += std::fabs(error) < 1.96 * *found.gen_se ? 1 : 0;
    ess += *found.ess / kRepetitions;
  }
  EXPECT_GT(ess, 15.0);
  EXPECT_LT(ess, 100.0);
  EXPECT_NEAR(std::sqrt(variances / squared_errors), 1.0, 0.07);
  EXPECT_GT(static_cast<double>(covered) / kRepetitions, law.coverage);
}

INSTANTIATE_TEST_SUITE_P(Laws, StandardErrorAtLowEffectiveSampleSize,
                         testing::Values(Lognormal{200, 1.2, 0.0, 0.93}, Lognormal{60, 1.1, 0.0, 0.92},
                                         Lognormal{1000, 1.9, 0.0, 0.93}, Lognormal{200, 1.2, -0.5, 0.88},
                                         Lognormal{1000, 1.9, -0.5, 0.83}));

// Weights exp(2 z) of which the first 1,000 of 200,000 are kept: by themselves they count as 1000 / e^4 = 18.
// The 1,001 largest hold 28 % of the sum, and the kept ones stand for what is below these, as about 120:
// together 220. Losses grow with z, so that draws left out would move their quantiles.
TEST(WeightStatistics, QuartilesRestOnTheLargestWeightsAndOnTheFirstDraws) {
  constexpr std::size_t kDraws = 200'000;
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  WeightTallyBuilder builder(1000);
  std::vector<std::pair<double, double>> all;
  double total = 0.0;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const double z = normal(random), loss = std::exp(0.3 * (z + normal(random)));
    const ScaledReal weight = ScaledReal::of(std::exp(2.0 * z));
    // Elsewhere none is drawn.
    builder.add(i, weight, loss, builder.wants_loss(weight) ? loss : 0.0);
    all.emplace_back(loss, std::exp(2.0 * z));
    total += all.back().second;
  }
  const WeightStatistics found = weight_statistics(builder.take(), kDraws);
  EXPECT_NEAR(found.quartile_draws, 220.0, 60.0);
  std::ranges::sort(all);
  double below = 0.0;
  const auto quantile = [&](double probability) {
    below = 0.0;
    for (const auto& [loss, weight] : all) {
      below += weight;
      if (below >= probability * total) return loss;
    }
    return 0.0;
  };
  // Under the weights z has mean 2: the loss is lognormal about e^0.6 with deviation 0.3 sqrt(2). Four sigma.
  const double deviation = 0.3 * std::sqrt(2.0);
  const auto sigma = [&](double probability, double loss, double density) {
    return loss * deviation * std::sqrt(probability * (1.0 - probability) / found.quartile_draws) / density;
  };
  ASSERT_TRUE(found.gen_quartiles);
  const double median = quantile(0.5), q25 = quantile(0.25), q75 = quantile(0.75);
  EXPECT_NEAR(median, std::exp(0.6), 0.05);
  EXPECT_NEAR(found.gen_quartiles->median, median, 4.0 * sigma(0.5, median, 0.3989));
  EXPECT_NEAR(found.gen_quartiles->q25, q25, 4.0 * sigma(0.25, q25, 0.3178));
  EXPECT_NEAR(found.gen_quartiles->q75, q75, 4.0 * sigma(0.75, q75, 0.3178));
}

// All draws are among the largest, and some among the first ones too.
TEST(WeightStatistics, QuartilesOfFewDrawsAreThoseOfAllOfThem) {
  WeightTallyBuilder builder(2);
  const std::vector<double> losses = {0.5, 0.1, 0.4, 0.2, 0.3};
  for (std::size_t i = 0; i < losses.size(); ++i) builder.add(i, ScaledReal::of(1e-5), losses[i], losses[i]);
  const WeightStatistics found = weight_statistics(builder.take(), 100);
  EXPECT_NEAR(found.gen_quartiles->median, 0.3, 1e-12);
  EXPECT_NEAR(found.quartile_draws, 5.0, 1e-9);
}

}  // namespace
}  // namespace gnc
