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

TEST(GnuplotLiteral, NothingEndsItOrIsExpanded) { EXPECT_EQ(gnuplot_literal("a'b`c`\"\n"), "'a''b`c`\" '"); }

}  // namespace
}  // namespace gnc
