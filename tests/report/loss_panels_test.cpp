#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "host/report/figure_source.hpp"
#include "host/report/loss_range.hpp"
#include "tests/report/drawn_figure.hpp"
#include "tests/report/needs_gnuplot.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

const std::string kBlue = "0,114,178", kRed = "213,94,0", kGreen = "0,158,115";
const std::vector<double> kGnc{0.12, 0.17, 0.21}, kDescent{2e-7, 3e-6, 1e-4}, kPrior{0.242, 0.243, 0.241};

/// Losses as in the paper's first figure: widths 5, 10 and 20, one tolerance, one seed.
RunResults paper_run() {
  RunResults run = sample_run();
  const CellResult cell = run.cells[0];
  run.config.num_seeds = 1;
  run.config.gnc_eps_train = {0.02};
  run.config.points.clear();
  run.cells.clear();
  for (std::size_t i = 0; i < kGnc.size(); ++i) {
    run.config.points.push_back({5LL << i, 2, 1e-4, 1e-3});
    run.cells.push_back(cell);
    run.cells[i].width = 5LL << i;
    run.cells[i].tolerances.resize(1);
    run.cells[i].tolerances[0].gnc_gen = kGnc[i];
    run.cells[i].gd_gen = kDescent[i];
    run.cells[i].prior_gen = kPrior[i];
  }
  return run;
}

void expect_near(const std::vector<double>& values, const std::vector<double>& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i] / expected[i], 1.0, 2e-3) << i;
}

TEST(LossPanels, HoldTheValuesOfTheirMethods) {
  SKIP_WITHOUT_GNUPLOT();
  const DrawnFigure figure = drawn(loss_figure(paper_run()));
  EXPECT_EQ(figure.printed, "");
  ASSERT_EQ(figure.panels.size(), 2u);
  const auto& [upper, lower] = std::pair(figure.panels[0], figure.panels[1]);
  EXPECT_FALSE(upper.logarithmic);
  EXPECT_TRUE(lower.logarithmic);
  EXPECT_EQ(figure.points.size(), 9u);
  expect_near(figure.values(0, kBlue), kGnc);
  expect_near(figure.values(0, kGreen), kPrior);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::log10(figure.values(1, kRed).at(i)), std::log10(kDescent[i]), 0.01) << i;
  }
  EXPECT_EQ(upper.low, 0.0);
  EXPECT_LT(upper.high, 0.3);
  EXPECT_GT(lower.low, 1e-8);
  EXPECT_LT(lower.high, 1e-3);
  // The same places of the page, one above the other.
  EXPECT_EQ(upper.left, lower.left);
  EXPECT_EQ(upper.right, lower.right);
  EXPECT_LT(upper.bottom, lower.top);
  EXPECT_NEAR((upper.bottom - upper.top) / (upper.bottom - upper.top + lower.bottom - lower.top), 0.62, 0.01);
  std::size_t labels = 0;
  for (std::size_t at = 0; (at = figure.svg.find(">generalization loss<", at)) != std::string::npos; ++at) {
    ++labels;
  }
  EXPECT_EQ(labels, 2u);
  for (const char* once :
       {">width<", "<text>G&amp;C<", "<text>gradient descent<", "<text>prior<", "one seed, tolerance"}) {
    const std::size_t at = figure.svg.find(once);
    ASSERT_NE(at, std::string::npos) << once;
    EXPECT_EQ(figure.svg.find(once, at + 1), std::string::npos) << once;
  }
}

TEST(LossPanels, PointsOfGncLieOnTop) {
  SKIP_WITHOUT_GNUPLOT();
  RunResults run = paper_run();
  for (const bool two : {true, false}) {
    if (!two) {
      for (CellResult& cell : run.cells) cell.gd_gen = 0.1;
    }
    const DrawnFigure figure = drawn(loss_figure(run));
    std::string order;
    for (const DrawnPoint& point : figure.points) {
      if (!two || point.panel == 0) {
        order += point.colour == kBlue ? 'G' : point.colour == kGreen ? 'p' : 'd';
      }
    }
    EXPECT_EQ(order, two ? "pppGGG" : "pppdddGGG");
  }
}

TEST(LossPanels, AreTwoWhereDescentAloneNeedsALogarithmicAxis) {
  SKIP_WITHOUT_GNUPLOT();
  const auto panels = [](const RunResults& run) {
    const DrawnFigure figure = drawn(loss_figure(run));
    EXPECT_EQ(figure.printed, "");
    std::string kinds;
    for (const DrawnPanel& panel : figure.panels) kinds += panel.logarithmic ? "log " : "linear ";
    return kinds;
  };
  EXPECT_EQ(panels(paper_run()), "linear log ");
  RunResults run = paper_run();
  for (CellResult& cell : run.cells) cell.gd_gen = 40.0;
  EXPECT_EQ(panels(run), "linear log ") << "descent above the others";
  for (CellResult& cell : run.cells) cell.gd_gen = 0.1;
  EXPECT_EQ(panels(run), "linear ");
  for (CellResult& cell : run.cells) cell.gd_gen.reset();
  EXPECT_EQ(panels(run), "linear ") << "no descent";
  for (CellResult& cell : run.cells) cell.gd_gen = INFINITY;
  EXPECT_EQ(panels(run), "linear ") << "no descent has a loss";
  run = paper_run();
  run.cells[0].tolerances[0].gnc_gen = 0.001;
  EXPECT_EQ(panels(run), "log ") << "G&C over decades";
  run = paper_run();
  run.cells[0].gd_gen = 0.0;
  EXPECT_EQ(panels(run), "linear ") << "no place on a logarithmic axis";
  run = paper_run();
  for (CellResult& cell : run.cells) {
    cell.prior_gen.reset();
    cell.tolerances[0] = none_accepted(0.02, 3.7e-6);
  }
  EXPECT_EQ(panels(run), "log ") << "nothing to compare";
}

TEST(LossPanels, TheBreakBeforeTheInfiniteWidthCrossesBoth) {
  SKIP_WITHOUT_GNUPLOT();
  RunResults run = paper_run();
  run.config.points[2].width = run.cells[2].width = kInfiniteWidth;
  run.cells[2].gd_gen.reset();
  const DrawnFigure figure = drawn(loss_figure(run));
  EXPECT_EQ(figure.printed, "");
  ASSERT_EQ(figure.panels.size(), 2u);
  ASSERT_EQ(figure.dashed.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(figure.dashed[i].left, figure.dashed[i].right);
    EXPECT_NEAR(figure.dashed[i].left, figure.dashed[0].left, 0.01);
    EXPECT_NEAR(figure.dashed[i].top, figure.panels[i].top, 0.02);
    EXPECT_NEAR(figure.dashed[i].bottom, figure.panels[i].bottom, 0.02);
  }
  expect_near(figure.values(0, kBlue), kGnc);
  EXPECT_EQ(figure.values(1, kRed).size(), 2u);
  EXPECT_EQ(figure.svg.find(">∞<"), figure.svg.rfind(">∞<"));
}

TEST(LossPanels, EveryRunIsDrawnWithoutAWarning) {
  SKIP_WITHOUT_GNUPLOT();
  std::vector<std::pair<std::string, RunResults>> runs;
  const auto add = [&](const char* name, RunResults run = paper_run()) -> RunResults& {
    return runs.emplace_back(name, std::move(run)).second;
  };
  add("tolerances", sample_run());
  // A text of the user's own must not end the loop over the formats.
  add("name").config.name = "it's `echo` \"{x}\" \\ {{ #";
  add("missing seeds").config.num_seeds = 2;
  RunResults& grid = add("grid");
  grid.config.axis = SweepAxis::Grid;
  for (const std::size_t i : {1, 2}) grid.config.points[i].depth = grid.cells[i].depth = 3;
  RunResults& none = add("none accepted", sample_run());
  for (CellResult& cell : none.cells) cell.tolerances[1] = none_accepted(0.005, 3.7e-6);
  add("diverged").cells[1].gd_gen = INFINITY;
  RunResults& quartile = add("half diverged", sample_run());
  quartile.cells[1].gd_gen = std::nan("");
  quartile.cells[3].gd_gen = 1e-5;
  RunResults& point = add("one point");
  point.config.points.resize(1);
  point.cells.resize(1);
  undo(add("unfinished").cells[2]);
  for (const auto& [name, run] : runs) {
    const DrawnFigure figure = drawn(loss_figure(run));
    EXPECT_EQ(figure.printed, "") << name;
    EXPECT_EQ(figure.panels.size(), 2u) << name;
    EXPECT_NE(figure.svg.find("</svg>"), std::string::npos) << name;
    const bool open = figure.svg.find("<text>open: not all seeds<") != std::string::npos;
    EXPECT_EQ(open, name == "tolerances" || name == "missing seeds" || name == "none accepted" ||
                        name == "half diverged")
        << name;
    const bool none_accepted =
        figure.svg.find("<text>G&amp;C, eps 0.005: none accepted<") != std::string::npos;
    EXPECT_EQ(none_accepted, name == "none accepted") << name;
  }
}

// Pages grow with the legend: 27 entries must not press the panels.
TEST(LossPanels, ALongLegendTakesNoRoomFromThem) {
  SKIP_WITHOUT_GNUPLOT();
  const DrawnFigure few = drawn(loss_figure(paper_run()));
  RunResults run = paper_run();
  run.config.axis = SweepAxis::Grid;
  for (std::int64_t depth = 3; depth <= 10; ++depth) {
    for (std::size_t i = 0; i < 3; ++i) {
      run.config.points.push_back(run.config.points[i]);
      run.config.points.back().depth = depth;
      run.cells.push_back(run.cells[i]);
      run.cells.back().depth = depth;
    }
  }
  const DrawnFigure many = drawn(loss_figure(run));
  ASSERT_EQ(many.panels.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const double before = few.panels[i].bottom - few.panels[i].top;
    EXPECT_NEAR((many.panels[i].bottom - many.panels[i].top) / before, 1.0, 0.1) << i;
  }
}

TEST(LossRange, ALinearAxisBeginsAtZeroUnlessTheLossesCrowdAtItsEnd) {
  const auto commands = [](double low, double high) {
    LossRange range;
    range.add(low);
    range.add(high);
    return range.linear_commands();
  };
  EXPECT_EQ(commands(0.12, 0.25), "set yrange [0:0.27]\n");
  EXPECT_EQ(commands(0.0, 0.0), "set yrange [0:1]\n");
  EXPECT_EQ(commands(0.8, 1.0), "set yrange [0.78:1.02]\n");
  // Differences of less than a tenth look small.
  EXPECT_EQ(commands(1.0, 1.0), "set yrange [0.95:1.05]\n");
}

}  // namespace
}  // namespace gnc
