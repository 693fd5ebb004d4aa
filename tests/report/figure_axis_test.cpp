#include "host/report/figure_axis.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gnc {
namespace {

Config sweep(SweepAxis axis, const std::vector<std::int64_t>& values) {
  Config config;
  config.axis = axis;
  for (const std::int64_t value : values) {
    config.points.push_back(
        {axis == SweepAxis::Depth ? 5 : value, axis == SweepAxis::Depth ? value : 2, 0.1, 0.1});
  }
  return config;
}

TEST(FigureAxis, WideWidthSweepsAreLogarithmicWithTheirWidthsAsTics) {
  const FigureAxis axis = figure_axis(sweep(SweepAxis::Width, {160, 5, 10, 20, 40, 80}));
  EXPECT_TRUE(axis.log2);
  EXPECT_DOUBLE_EQ(axis.spacing, 1.0);
  const std::string commands = axis_commands(axis);
  EXPECT_NE(commands.find("set logscale x 2"), std::string::npos);
  EXPECT_NE(commands.find("('5' 5, '10' 10, '20' 20, '40' 40, '80' 80, '160' 160)"), std::string::npos);
}

// The gap is 1.5 octaves: 18 % of the five octaves from 5 to 160 are less.
TEST(FigureAxis, TheInfiniteWidthStandsBeyondABreak) {
  const FigureAxis axis = figure_axis(sweep(SweepAxis::Width, {kInfiniteWidth, 160, 5, 10, 20, 40, 80}));
  EXPECT_TRUE(axis.log2);
  EXPECT_DOUBLE_EQ(axis.spacing, 1.0);
  ASSERT_TRUE(axis.infinity.has_value());
  EXPECT_NEAR(*axis.infinity, 452.548, 1e-3);
  EXPECT_EQ(axis_place(axis, kInfiniteWidth), "452.548");
  EXPECT_EQ(axis_place(axis, 160), "160");
  EXPECT_EQ(row_break(axis, kInfiniteWidth), "\n");
  EXPECT_EQ(row_break(axis, 160), "");
  const std::string commands = axis_commands(axis);
  EXPECT_NE(commands.find("'160' 160, '∞' 452.548)"), std::string::npos) << commands;
  // Half an octave more than the infinite width's place; the break lies halfway.
  EXPECT_NE(commands.find("set xrange [3.53553:640]"), std::string::npos) << commands;
  EXPECT_NE(commands.find("set arrow from 269.087,"), std::string::npos) << commands;
  EXPECT_NE(axis_comment(axis).find("452.548"), std::string::npos);
}

TEST(FigureAxis, TheInfiniteWidthBesideFewOthersOrAlone) {
  const FigureAxis linear = figure_axis(sweep(SweepAxis::Grid, {5, 10, kInfiniteWidth}));
  EXPECT_FALSE(linear.log2);
  EXPECT_DOUBLE_EQ(linear.infinity.value(), 10.0 + 1.5 * 5.0);
  EXPECT_DOUBLE_EQ(figure_axis(sweep(SweepAxis::Width, {5, kInfiniteWidth})).infinity.value(), 6.5);
  const FigureAxis alone = figure_axis(sweep(SweepAxis::Width, {kInfiniteWidth}));
  EXPECT_NE(axis_commands(alone).find("set xtics ('∞' 1)"), std::string::npos) << axis_commands(alone);
  EXPECT_EQ(axis_commands(alone).find("arrow"), std::string::npos);
  EXPECT_EQ(row_break(alone, kInfiniteWidth), "");
}

TEST(FigureAxis, LargeWidthsStandApart) {
  const FigureAxis one = figure_axis(sweep(SweepAxis::Width, {1'000'000}));
  EXPECT_NE(axis_commands(one).find("set xrange [999999.5:1000000.5]"), std::string::npos)
      << axis_commands(one);
  const FigureAxis two = figure_axis(sweep(SweepAxis::Width, {1'000'000, kInfiniteWidth}));
  EXPECT_EQ(axis_place(two, kInfiniteWidth), "1000001.5");
}

TEST(FigureAxis, ADepthSweepOfInfiniteWidthHasDepths) {
  Config config = sweep(SweepAxis::Depth, {2, 3});
  for (Point& point : config.points) point.width = kInfiniteWidth;
  const FigureAxis axis = figure_axis(config);
  EXPECT_EQ(axis.values, (std::vector<std::int64_t>{2, 3}));
  EXPECT_FALSE(axis.infinity.has_value());
  EXPECT_EQ(axis_comment(axis), "");
}

TEST(FigureAxis, DepthsAreLinear) {
  const FigureAxis axis = figure_axis(sweep(SweepAxis::Depth, {2, 3, 4, 10}));
  EXPECT_FALSE(axis.log2);
  EXPECT_EQ(axis.label, "depth");
  EXPECT_EQ(axis_commands(axis).find("logscale"), std::string::npos);
}

TEST(FigureAxis, CrowdedTicsLoseTheirLabels) {
  std::vector<std::int64_t> depths;
  for (std::int64_t depth = 1; depth <= 200; ++depth) depths.push_back(depth);
  const std::string commands = axis_commands(figure_axis(sweep(SweepAxis::Depth, depths)));
  EXPECT_NE(commands.find("'' 2"), std::string::npos);
  EXPECT_NE(commands.find("'1' 1,"), std::string::npos);
  int labels = 0;
  for (const std::int64_t depth : depths) {
    labels += commands.find(gnuplot_literal(std::to_string(depth))) != std::string::npos ? 1 : 0;
  }
  EXPECT_LE(labels, 21);
  EXPECT_GE(labels, 10);
}

TEST(FigureAxis, LongLabelsTakeMoreRoom) {
  std::vector<std::int64_t> hundreds, millions;
  for (std::int64_t i = 1; i <= 10; ++i) {
    hundreds.push_back(100 * i);
    millions.push_back(10'000'000 + i);
  }
  const std::string logarithmic = axis_commands(figure_axis(sweep(SweepAxis::Width, hundreds)));
  EXPECT_NE(logarithmic.find("'600' 600, '' 700, '800' 800, '' 900, '1000' 1000)"), std::string::npos)
      << logarithmic;
  const std::string linear = axis_commands(figure_axis(sweep(SweepAxis::Width, millions)));
  EXPECT_NE(linear.find("('10000001' 10000001, '' 10000002, '10000003' 10000003,"), std::string::npos)
      << linear;
}

TEST(Log10Range, HasTheTicsOfALogarithmicAxis) {
  // Up to a few decades, the digits 1, 2 and 5, as they read best.
  EXPECT_NE(log10_range_commands(-2.0, -1.0).find("'0.02' -1.69897, '0.05' -1.30103, '0.1' -1,"),
            std::string::npos)
      << log10_range_commands(-2.0, -1.0);
  EXPECT_NE(log10_range_commands(-336.0, -335.5).find("'1·10^{-336}' -336, '2·10^{-336}' -335.699,"),
            std::string::npos)
      << log10_range_commands(-336.0, -335.5);
  // Up to ten, the powers of ten with short tics between.
  const std::string some = log10_range_commands(-9.0, -4.0);
  EXPECT_NE(some.find("'10^{-9}' -9, '10^{-8}' -8,"), std::string::npos) << some;
  EXPECT_NE(some.find("for [m=2:9] ytics add ('' p + log10(m) 1)"), std::string::npos) << some;
  EXPECT_NE(log10_range_commands(-3.0, 0.0).find("'0.001' -3, '0.01' -2, '0.1' -1, '1' 0"), std::string::npos)
      << log10_range_commands(-3.0, 0.0);
  // Beyond, those that gnuplot chooses on a linear axis.
  EXPECT_NE(log10_range_commands(-336.0, -1.0).find("set format y '10^{%g}'"), std::string::npos);
  EXPECT_NE(log10_range_commands(-3.0, 0.0).find("set yrange [-3.15:0]"), std::string::npos);
  EXPECT_EQ(some.find("logscale"), std::string::npos);
}

TEST(GnuplotLiteral, NothingEndsItOrIsExpanded) { EXPECT_EQ(gnuplot_literal("a'b`c`\"\n"), "'a''b`c`\" '"); }

}  // namespace
}  // namespace gnc
