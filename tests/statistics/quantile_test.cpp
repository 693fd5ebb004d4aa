#include "host/statistics/quantile.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <vector>

namespace gnc {
namespace {

TEST(Quartiles, EmptyIsUnknown) {
  EXPECT_FALSE(quartiles({}).has_value());
  EXPECT_FALSE(quantile_of_sorted({}, 0.5).has_value());
}

TEST(Quartiles, OneValueIsAllThree) {
  const auto found = quartiles({3.5});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->q25, 3.5);
  EXPECT_EQ(found->median, 3.5);
  EXPECT_EQ(found->q75, 3.5);
}

// By hand: positions 0.25 (n - 1), 0.5 (n - 1), 0.75 (n - 1) of the sorted values.
TEST(Quartiles, InterpolatesLinearly) {
  const auto even = quartiles({4.0, 1.0, 3.0, 2.0});
  ASSERT_TRUE(even);
  EXPECT_DOUBLE_EQ(even->q25, 1.75);
  EXPECT_DOUBLE_EQ(even->median, 2.5);
  EXPECT_DOUBLE_EQ(even->q75, 3.25);
  const auto skewed = quartiles({100.0, 0.0, 1.0});
  ASSERT_TRUE(skewed);
  EXPECT_DOUBLE_EQ(skewed->q25, 0.5);
  EXPECT_DOUBLE_EQ(skewed->median, 1.0);
  EXPECT_DOUBLE_EQ(skewed->q75, 50.5);
  const auto eight = quartiles({8.0, 1.0, 2.0, 4.0, 16.0, 32.0, 128.0, 64.0});
  ASSERT_TRUE(eight);
  EXPECT_DOUBLE_EQ(eight->q25, 3.5);
  EXPECT_DOUBLE_EQ(eight->median, 12.0);
  EXPECT_DOUBLE_EQ(eight->q75, 40.0);
}

TEST(Quartiles, InfiniteValuesDoNotMakeNan) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto found = quartiles({1.0, 2.0, infinity, infinity, infinity});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->q25, 2.0);
  EXPECT_EQ(found->median, infinity);
  EXPECT_EQ(found->q75, infinity);
}

TEST(WeightedQuartiles, LieBetweenTheMiddlesOfWeights) {
  const auto found = weighted_quartiles({{5.0, 2.0}, {9.0, 3.0}, {3.0, 1.0}, {1.0, 2.0}});
  ASSERT_TRUE(found);
  // Places: 1 at 1, 3 at 2.5, 5 at 4, 9 at 6.5.
  EXPECT_DOUBLE_EQ(found->q25, 1.0 + 2.0 * (2.0 - 1.0) / 1.5);
  EXPECT_DOUBLE_EQ(found->median, 5.0);
  EXPECT_DOUBLE_EQ(found->q75, 5.0 + 4.0 * (6.0 - 4.0) / 2.5);
  EXPECT_FALSE(weighted_quartiles({}));
}

TEST(WeightedQuartiles, InfiniteValuesDoNotMakeNan) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto found = weighted_quartiles({{1.0, 1.0}, {2.0, 1.0}, {infinity, 1.0}, {infinity, 1.0}});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->q25, 1.5);
  EXPECT_EQ(found->q75, infinity);
}

TEST(Quantile, EndsAreTheExtremes) {
  const std::vector<double> sorted{-2.0, 0.0, 5.0};
  EXPECT_EQ(quantile_of_sorted(sorted, 0.0), -2.0);
  EXPECT_EQ(quantile_of_sorted(sorted, 1.0), 5.0);
}

TEST(Quantile, RefusesProbabilitiesOutsideTheUnitInterval) {
  EXPECT_THROW(quantile_of_sorted({1.0}, -0.1), std::invalid_argument);
  EXPECT_THROW(quantile_of_sorted({1.0}, 1.1), std::invalid_argument);
}

}  // namespace
}  // namespace gnc
