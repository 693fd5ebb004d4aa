#include "host/statistics/clopper_pearson.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace gnc {
namespace {

// P(lowest <= K <= highest) for K binomial, summed term by term.
double binomial_probability(int lowest, int highest, int trials, double p) {
  double sum = 0.0;
  for (int k = lowest; k <= highest; ++k) {
    sum += std::exp(std::lgamma(trials + 1.0) - std::lgamma(k + 1.0) - std::lgamma(trials - k + 1.0) +
                    k * std::log(p) + (trials - k) * std::log1p(-p));
  }
  return sum;
}

double poisson_probability_up_to(int highest, double mean) {
  double sum = 0.0;
  for (int k = 0; k <= highest; ++k) sum += std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
  return sum;
}

TEST(ClopperPearson, TailsHaveTheDefiningProbability) {
  for (const double confidence : {0.68, 0.95, 0.999}) {
    const double tail = 0.5 * (1.0 - confidence);
    for (const int trials : {1, 2, 3, 7, 20, 60, 250}) {
      for (int k = 0; k <= trials; ++k) {
        const auto interval = clopper_pearson(k, trials, confidence);
        if (k > 0) {
          EXPECT_NEAR(binomial_probability(k, trials, trials, interval.low), tail, 1e-10 * trials);
        }
        if (k < trials) {
          EXPECT_NEAR(binomial_probability(0, k, trials, interval.high), tail, 1e-10 * trials);
        }
      }
    }
  }
}

TEST(ClopperPearson, NoSuccessHasTheClosedForm) {
  for (const double trials : {1.0, 10.0, 1e4, 1e8, 1e9, 1e13, 9.2e18}) {
    const auto interval = clopper_pearson(0, static_cast<std::uint64_t>(trials));
    EXPECT_EQ(interval.low, 0.0);
    const double expected = -std::expm1(std::log(0.025) / trials);
    EXPECT_NEAR(interval.high / expected, 1.0, 1e-12) << trials;
  }
}

TEST(ClopperPearson, NoFailureHasTheClosedForm) {
  for (const double trials : {1.0, 10.0, 1e4, 1e8, 1e13}) {
    const auto interval =
        clopper_pearson(static_cast<std::uint64_t>(trials), static_cast<std::uint64_t>(trials));
    EXPECT_EQ(interval.high, 1.0);
    EXPECT_NEAR(1.0 - interval.low, -std::expm1(std::log(0.025) / trials), 1e-12) << trials;
  }
}

TEST(ClopperPearson, NoTrialTellsNothing) {
  const auto interval = clopper_pearson(0, 0);
  EXPECT_EQ(interval.low, 0.0);
  EXPECT_EQ(interval.high, 1.0);
}

TEST(ClopperPearson, FewOfVeryManyAgreeWithThePoissonTails) {
  for (const double trials : {1e10, 1e13, 9e18}) {
    for (const int k : {1, 2, 10, 100}) {
      const auto interval = clopper_pearson(k, static_cast<std::uint64_t>(trials));
      EXPECT_NEAR(poisson_probability_up_to(k - 1, interval.low * trials), 0.975, 1e-7) << trials << " " << k;
      EXPECT_NEAR(poisson_probability_up_to(k, interval.high * trials), 0.025, 1e-7) << trials << " " << k;
    }
  }
}

// Garwood's exact limits for a Poisson mean, as tabulated: 10 events, 95 %.
TEST(ClopperPearson, AgreesWithTheTableForTenEvents) {
  const auto interval = clopper_pearson(10, 10'000'000'000'000);
  EXPECT_NEAR(interval.low * 1e13, 4.7954, 1e-4);
  EXPECT_NEAR(interval.high * 1e13, 18.3904, 1e-4);
}

// At counts this large the interval is the normal one to a relative 1/sqrt(count).
TEST(ClopperPearson, ManyOfVeryManyAgreeWithTheNormalLimit) {
  const double z = 1.959963984540054;
  for (const double trials : {1e8, 1e10, 1e13}) {
    for (const double rate : {1e-3, 0.1, 0.5, 0.999}) {
      const double sigma = std::sqrt(rate * (1.0 - rate) / trials);
      const auto interval =
          clopper_pearson(static_cast<std::uint64_t>(rate * trials), static_cast<std::uint64_t>(trials));
      const double rounding = 2.0 / std::sqrt(trials * rate * (1.0 - rate)) + 4e-16 / sigma;
      EXPECT_NEAR((rate - interval.low) / sigma, z, 2.0 * rounding) << trials << " " << rate;
      EXPECT_NEAR((interval.high - rate) / sigma, z, 2.0 * rounding) << trials << " " << rate;
    }
  }
}

// Either side of the count where the program changes from inversion to expansion: no step between neighbours.
TEST(ClopperPearson, HasNoStepAtLargeCounts) {
  for (const double trials : {2.1e7, 1e9, 1e13}) {
    const auto n = static_cast<std::uint64_t>(trials);
    const auto below = clopper_pearson(10'000'000, n);
    const auto above = clopper_pearson(10'000'001, n);
    EXPECT_NEAR((above.low - below.low) * trials, 1.0, 1e-3);
    EXPECT_NEAR((above.high - below.high) * trials, 1.0, 1e-3);
  }
}

TEST(ClopperPearson, HoldsTheRateAndStaysOrderedAcrossMagnitudes) {
  for (double trials = 1.0; trials < 1e19; trials *= 7.3) {
    for (double k = 1.0; k <= trials; k *= 5.9) {
      const auto hits = static_cast<std::uint64_t>(k);
      const auto total = static_cast<std::uint64_t>(trials);
      const auto interval = clopper_pearson(hits, total);
      const double rate = static_cast<double>(hits) / static_cast<double>(total);
      EXPECT_GT(interval.low, 0.0);
      EXPECT_LE(interval.low, rate) << hits << " of " << total;
      EXPECT_GE(interval.high, rate) << hits << " of " << total;
      EXPECT_LE(interval.high, 1.0);
    }
  }
}

TEST(ClopperPearson, RefusesImpossibleArguments) {
  EXPECT_THROW(clopper_pearson(2, 1), std::invalid_argument);
  EXPECT_THROW(clopper_pearson(1, 2, 0.0), std::invalid_argument);
  EXPECT_THROW(clopper_pearson(1, 2, 1.0), std::invalid_argument);
  EXPECT_THROW(clopper_pearson(1, 2, std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace gnc
