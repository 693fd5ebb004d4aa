#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "host/report/cells_csv.hpp"
#include "host/report/curves_csv.hpp"
#include "host/report/experiment_text.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/figures.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/progress.hpp"
#include "host/report/report_html.hpp"
#include "host/report/results_csv.hpp"
#include "host/report/results_json.hpp"
#include "host/report/table.hpp"
#include "tests/report/needs_gnuplot.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/sample_run.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// The sample run with an infinite width in place of 10, which has no gradient descent.
RunResults infinite_run() {
  RunResults run = sample_run();
  run.config.points[1].width = kInfiniteWidth;
  run.config.draw = DrawLaw::Product;
  for (CellResult& cell : run.cells) {
    if (cell.width != 10) continue;
    cell.width = kInfiniteWidth;
    cell.gd_gen.reset();
    cell.gd_train.reset();
    cell.gd_seconds = 0.0;
  }
  return run;
}

RunResults infinite_run_with_curve() {
  RunResults run = infinite_run();
  run.cells[3].estimator = Estimator::Splitting;
  run.cells[3].curve = {{0.1, 0.5, 0.48, 0.52, 0.25, 0.001}, {0.02, 1e-30, 9e-31, 1.1e-30, 0.125, 0.002}};
  return run;
}

void expect_no_sentinel(const std::string& text) {
  EXPECT_EQ(text.find("9223372036854775807"), std::string::npos) << text;
  EXPECT_EQ(text.find("9.22"), std::string::npos) << text;
}

TEST(InfiniteWidthReport, CsvFilesSayInf) {
  const RunResults run = infinite_run_with_curve();
  const auto cells = read_csv(cells_csv(run));
  ASSERT_EQ(cells.size(), 8u);
  EXPECT_EQ(cells[3].at("width"), "5");
  for (std::size_t row = 4; row < 8; ++row) {
    EXPECT_EQ(cells[row].at("width"), "inf");
    EXPECT_EQ(cells[row].at("depth"), "2");
    EXPECT_EQ(cells[row].at("draw"), "product") << cells[row].at("estimator");
    for (const char* column : {"gd_gen", "gd_train", "gd_seconds"}) EXPECT_EQ(cells[row].at(column), "");
  }
  const auto results = read_csv(results_csv(run, 0));
  EXPECT_EQ(results[1].at("width"), "inf");
  EXPECT_EQ(results[1].at("gnc_gen_seed=0"), "0.1");
  EXPECT_EQ(results[1].at("prior_gen_seed=0"), "0.25");
  EXPECT_EQ(results[1].at("gd_gen_seed=0"), "");
  RunResults grid = run;
  grid.config.axis = SweepAxis::Grid;
  EXPECT_EQ(read_csv(results_csv(grid, 0))[1].at("width"), "inf");
  const auto curves = read_csv(curves_csv(run));
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0].at("width"), "inf");
}

TEST(InfiniteWidthReport, JsonSaysInf) {
  const auto json = results_json(infinite_run());
  EXPECT_EQ(json["cells"][1]["width"], 5);
  EXPECT_EQ(json["cells"][2]["width"], "inf");
  EXPECT_TRUE(json["cells"][2]["gd_gen"].is_null());
  EXPECT_TRUE(json["cells"][2]["gd_train"].is_null());
  expect_no_sentinel(json.dump());
}

TEST(InfiniteWidthReport, TableSaysInfAndTheNoteWhyThereIsNoDescent) {
  const TableRows points = point_rows(infinite_run());
  EXPECT_EQ(points[3][0], "inf");
  EXPECT_EQ(points[3][7], "-");
  EXPECT_EQ(cell_rows(infinite_run())[5][0], "inf");
  const std::string note =
      "No gradient descent in 2 of 4 cells: a network of infinite width cannot be trained.";
  const auto count = [&](const RunResults& run) {
    const auto notes = honest_notes(run);
    return std::count(notes.begin(), notes.end(), note);
  };
  EXPECT_EQ(count(infinite_run()), 1);
  EXPECT_EQ(count(sample_run()), 0);
  RunResults without = infinite_run();
  without.config.gd = false;
  EXPECT_EQ(count(without), 0);
  expect_no_sentinel(format_table(infinite_run()));
  expect_no_sentinel(format_cells(infinite_run()));
  const std::string page = report_html(infinite_run(), {});
  EXPECT_NE(page.find("5 × 2, inf × 2"), std::string::npos);
  expect_no_sentinel(page);
}

TEST(InfiniteWidthReport, ProgressSaysInf) {
  ProgressSnapshot snapshot;
  snapshot.width = kInfiniteWidth;
  snapshot.depth = 3;
  snapshot.cells_total = 4;
  EXPECT_NE(format_progress(snapshot, 0.0).find("(width inf, depth 3, seed 0)"), std::string::npos);
  EXPECT_NE(format_brief_progress(snapshot, 0.0).find(" winf d3 s0 "), std::string::npos);
}

// 5 and then 1.5 spacings of 1, the gap of an axis with one finite width.
TEST(InfiniteWidthReport, FiguresShowItBeyondTheBreakWithoutALineToIt) {
  const FigureSource losses = loss_figure(infinite_run());
  const std::size_t gnc = losses.data.find("# G&C, eps 0.02\n");
  ASSERT_NE(gnc, std::string::npos);
  const std::size_t row = losses.data.find("\n\n6.5 0.13", gnc);
  EXPECT_LT(row, losses.data.find("\n\n\n", gnc)) << losses.data;
  const std::size_t descent = losses.data.find("# gradient descent\n");
  ASSERT_NE(descent, std::string::npos);
  EXPECT_NE(losses.data.find("\n6.5 NaN NaN NaN", descent), std::string::npos)
      << "a point of descent is made up";
  expect_no_sentinel(losses.data + losses.script);
  const FigureSource rates = acceptance_figure(infinite_run());
  EXPECT_NE(rates.data.find("\n6.5 0 "), std::string::npos) << rates.data;
  EXPECT_NE(rates.data.find("\n\n6.5 0.00105"), std::string::npos) << rates.data;
  expect_no_sentinel(rates.data + rates.script);
  const FigureSource curves = acceptance_curve_figure(infinite_run_with_curve());
  EXPECT_NE(curves.script.find("title 'width inf'"), std::string::npos) << curves.script;
  expect_no_sentinel(curves.data + curves.script);
  RunResults deep = infinite_run();
  deep.config.axis = SweepAxis::Depth;
  deep.config.points.erase(deep.config.points.begin());
  EXPECT_EQ(experiment_title(deep), "sample: Linear, width inf, gauss prior");
}

TEST(InfiniteWidthReport, GnuplotDrawsEverySweepOfIt) {
  SKIP_WITHOUT_GNUPLOT();
  for (const bool alone : {false, true}) {
    for (const SweepAxis axis : {SweepAxis::Width, SweepAxis::Grid}) {
      RunResults run = infinite_run_with_curve();
      run.config.axis = axis;
      if (alone) {
        run.config.points.erase(run.config.points.begin());
        run.cells.erase(run.cells.begin(), run.cells.begin() + 2);
      }
      const ScratchFolder folder;
      const ReportFiles files = write_figures(run, folder.path());
      for (const std::string& warning : files.warnings) ADD_FAILURE() << warning;
      for (const char* name : {"figure.svg", "acceptance.svg"}) {
        EXPECT_NE(folder.read(name).find("∞"), std::string::npos) << name;
      }
    }
  }
}

}  // namespace
}  // namespace gnc
