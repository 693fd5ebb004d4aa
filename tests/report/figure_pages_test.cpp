#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "host/report/figure_source.hpp"
#include "tests/report/drawn_figure.hpp"
#include "tests/report/grid_run.hpp"
#include "tests/report/needs_gnuplot.hpp"

namespace gnc {
namespace {

/// Where the texts of a figure stand that begin as entries of a legend do, from the top.
std::vector<double> legend_heights(const std::string& svg) {
  std::vector<double> heights;
  std::istringstream lines(svg);
  double y = 0.0;
  for (std::string line; std::getline(lines, line);) {
    std::sscanf(line.c_str(), " <g transform=\"translate(%*f,%lf)", &y);
    for (const char* entry : {"<text>depth ", "<text>width 5,", "<text>width 10,", "<text>G&amp;C, ",
                              "<text>GD, ", "<text>prior, ", "<text>upper bound", "<text>open: "}) {
      if (line.find(entry) != std::string::npos) heights.push_back(y);
    }
  }
  return heights;
}

void expect_room(const FigureSource& few, const FigureSource& many) {
  const DrawnFigure usual = drawn(few), figure = drawn(many);
  EXPECT_EQ(figure.printed, "") << many.name;
  ASSERT_EQ(usual.panels.size(), 1u) << many.name;
  ASSERT_EQ(figure.panels.size(), 1u) << many.name;
  const double before = usual.panels[0].bottom - usual.panels[0].top;
  EXPECT_GT(before, 340.0) << many.name;
  EXPECT_NEAR((figure.panels[0].bottom - figure.panels[0].top) / before, 1.0, 0.1) << many.name;
  double page = 0.0;
  std::sscanf(figure.svg.c_str() + figure.svg.find("viewBox="), "viewBox=\"0 0 %*f %lf", &page);
  const std::vector<double> heights = legend_heights(figure.svg);
  EXPECT_GE(heights.size(), 28u) << many.name;
  EXPECT_LE(heights.size(), 32u) << many.name;
  for (const double height : heights) {
    EXPECT_GT(height, figure.panels[0].bottom) << many.name;
    EXPECT_LT(height, page) << many.name;
  }
}

TEST(FigurePages, GrowWithTheLegendWhichHasAnEnd) {
  SKIP_WITHOUT_GNUPLOT();
  const RunResults few = grid_run(1);
  for (const std::int64_t depths : {15, 40}) {
    const RunResults many = grid_run(depths);
    expect_room(loss_figure(few), loss_figure(many));
    expect_room(acceptance_figure(few), acceptance_figure(many));
    expect_room(acceptance_curve_figure(few), acceptance_curve_figure(many));
    expect_room(loss_curve_figure(few), loss_curve_figure(many));
  }
}

TEST(FigurePages, GrowWithALongTitle) {
  SKIP_WITHOUT_GNUPLOT();
  RunResults run = grid_run(1);
  const DrawnFigure usual = drawn(acceptance_figure(run));
  for (int i = 0; i < 100; ++i) run.config.name += " word";
  const DrawnFigure figure = drawn(acceptance_figure(run));
  ASSERT_EQ(figure.panels.size(), 1u);
  EXPECT_NEAR(
      (figure.panels[0].bottom - figure.panels[0].top) / (usual.panels[0].bottom - usual.panels[0].top), 1.0,
      0.1);
}

TEST(FigurePages, SayWhatTheyLeaveOut) {
  const RunResults run = grid_run(40);
  const auto says = [](const FigureSource& source, const std::string& text) {
    EXPECT_NE(source.script.find(text), std::string::npos) << source.script.substr(0, 600);
  };
  says(loss_figure(run), "10 of 40 depths shown");
  says(acceptance_figure(run), "15 of 40 depths shown");
  says(acceptance_curve_figure(run), "15 of 40 depths shown");
  for (const FigureSource& source : {loss_figure(run), acceptance_figure(run), loss_curve_figure(run)}) {
    EXPECT_NE(source.script.find("depth 1"), std::string::npos);
    EXPECT_NE(source.script.find("depth 40"), std::string::npos);
  }
  for (const FigureSource& source : {loss_figure(grid_run(10)), acceptance_figure(grid_run(15))}) {
    EXPECT_EQ(source.script.find("depths shown"), std::string::npos);
  }
}

}  // namespace
}  // namespace gnc
