#include "host/report/drawn_parts.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

namespace gnc {
namespace {

Config grid(std::int64_t widths, std::int64_t depths) {
  Config config;
  config.axis = SweepAxis::Grid;
  for (std::int64_t width = 1; width <= widths; ++width) {
    for (std::int64_t depth = 1; depth <= depths; ++depth) config.points.push_back({width, depth, 0.1, 0.1});
  }
  return config;
}

TEST(DrawnParts, TolerancesAreFiveAtMost) {
  Config config;
  config.gnc_eps_train = {9, 8, 7, 6, 5, 4, 3, 2, 1};
  EXPECT_EQ(drawn_tolerances(config), (std::vector<double>{9, 7, 5, 3, 1}));
  EXPECT_EQ(tolerances_text(config, 5), ", 5 of 9 tolerances shown");
  EXPECT_EQ(tolerances_text(config, 1), ", tolerance 9, 1 of 9 tolerances shown");
  config.gnc_eps_train.resize(5);
  EXPECT_EQ(drawn_tolerances(config), config.gnc_eps_train);
  EXPECT_EQ(tolerances_text(config, 5), "");
}

TEST(DrawnParts, DepthsAreAsManyAsThirtyCurvesAllow) {
  EXPECT_EQ(drawn_depths(grid(2, 10), 3).size(), 10u);
  EXPECT_EQ(depths_text(grid(2, 10), 3), "");
  EXPECT_EQ(drawn_depths(grid(2, 28), 3), (std::vector<std::int64_t>{1, 4, 7, 10, 13, 16, 19, 22, 25, 28}));
  EXPECT_EQ(depths_text(grid(2, 28), 3), ", 10 of 28 depths shown");
  EXPECT_EQ(drawn_depths(grid(2, 11), 5), (std::vector<std::int64_t>{1, 3, 5, 7, 9, 11}));
}

TEST(DrawnParts, PointsAreThoseOfSomeWidthsAndDepths) {
  EXPECT_EQ(drawn_points(grid(5, 6)), grid(5, 6).points);
  EXPECT_EQ(points_text(grid(5, 6)), "");
  const std::vector<Point> points = drawn_points(grid(6, 9));
  std::set<std::int64_t> widths, depths;
  for (const Point& point : points) {
    widths.insert(point.width);
    depths.insert(point.depth);
  }
  EXPECT_EQ(points.size(), 30u);
  EXPECT_EQ(widths, (std::set<std::int64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(depths, (std::set<std::int64_t>{1, 3, 5, 7, 9}));
  EXPECT_EQ(points_text(grid(6, 9)), ", 5 of 9 depths shown");
  EXPECT_EQ(points_text(grid(100, 100)), ", 6 of 100 widths shown, 5 of 100 depths shown");
}

TEST(DrawnParts, PointsOfALongSweepAreThirtyFromTheFirstToTheLast) {
  Config config = grid(58, 1);
  config.axis = SweepAxis::Width;
  const std::vector<Point> points = drawn_points(config);
  ASSERT_EQ(points.size(), 30u);
  EXPECT_EQ(points.front().width, 1);
  EXPECT_EQ(points.back().width, 58);
  EXPECT_EQ(points_text(config), ", 30 of 58 widths shown");
}

}  // namespace
}  // namespace gnc
