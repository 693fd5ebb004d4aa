#include "kernels/fixed_point.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace gnc {
namespace {

TEST(FixedPoint, RoundsToNearestEven) {
  EXPECT_EQ(to_fixed_point(0.0, 40).value, 0u);
  EXPECT_EQ(to_fixed_point(1.0, 40).value, std::uint64_t{1} << 40);
  EXPECT_EQ(to_fixed_point(0.5 * 0x1p-40, 40).value, 0u);
  EXPECT_EQ(to_fixed_point(1.5 * 0x1p-40, 40).value, 2u);
  EXPECT_EQ(to_fixed_point(2.5 * 0x1p-40, 40).value, 2u);
  EXPECT_EQ(to_fixed_point(2.51 * 0x1p-40, 40).value, 3u);
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double x = std::exp2(-static_cast<double>(random() % 50)) * static_cast<double>(random() >> 40);
    EXPECT_EQ(static_cast<double>(to_fixed_point(x, 20).value), std::nearbyint(x * 0x1p20));
  }
}

TEST(FixedPoint, SaturationIsReported) {
  EXPECT_FALSE(to_fixed_point(8388607.0, 40).saturated);
  for (const double x : {8388608.0, 1e30, std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_TRUE(to_fixed_point(x, 40).saturated) << x;
    EXPECT_EQ(to_fixed_point(x, 40).value, 0x7fffffffffffffffu);
  }
}

TEST(WideSum, CarriesIntoTheHighWord) {
  WideSum sum;
  for (int i = 0; i < 5; ++i) sum.add(std::uint64_t{0xffffffffffffffff});
  EXPECT_EQ(sum.low, 0xfffffffffffffffbu);
  EXPECT_EQ(sum.high, 4u);
  WideSum twice = sum;
  twice.add(sum);
  EXPECT_EQ(twice.low, 0xfffffffffffffff6u);
  EXPECT_EQ(twice.high, 9u);
  EXPECT_DOUBLE_EQ(sum.value(0), 5 * 18446744073709551615.0);
}

TEST(LossSums, DoNotDependOnTheOrderAndMatchDoubleSums) {
  std::mt19937_64 random(2);
  std::lognormal_distribution<float> loss(-2.0f, 1.5f);
  std::vector<float> losses(20'000);
  for (float& x : losses) x = loss(random);
  LossSums forward;
  long double exact = 0, exact_square = 0;
  for (const float x : losses) {
    forward.add(x);
    exact += x;
    exact_square += static_cast<long double>(x) * x;
  }
  std::shuffle(losses.begin(), losses.end(), random);
  LossSums shuffled, part;
  for (std::size_t i = 0; i < losses.size(); ++i) (i % 3 == 0 ? part : shuffled).add(losses[i]);
  shuffled.add(part);
  EXPECT_EQ(forward, shuffled);
  EXPECT_NEAR(forward.loss.value(kLossBits), static_cast<double>(exact), 20'000 * 0x1p-41);
  EXPECT_NEAR(forward.square.value(kSquareBits), static_cast<double>(exact_square), 20'000 * 0x1p-37);
  EXPECT_EQ(forward.saturated, 0u);
}

TEST(LossSums, CountSaturatedLossesOnce) {
  LossSums sums;
  sums.add(20'000.0f);  // its square does not fit
  sums.add(1e20f);      // neither does
  sums.add(1.0f);
  EXPECT_EQ(sums.count, 3u);
  EXPECT_EQ(sums.saturated, 2u);
}

}  // namespace
}  // namespace gnc
