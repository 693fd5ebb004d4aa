#include "host/report/curves_csv.hpp"

#include <gtest/gtest.h>

#include "host/report/figure_source.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/table.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

/// The sample run with `auto` as its estimator; cell 1 came from splitting, which did not reach 0.005.
RunResults mixed_run() {
  RunResults run = sample_run();
  run.config.estimator = Estimator::Auto;
  CellResult& cell = run.cells[1];
  cell.estimator = Estimator::Splitting;
  cell.curve = {{0.1, 0.5, 0.48, 0.52, 0.25, 0.001},
                {0.02, 1e-30, 9e-31, 1.1e-30, 0.125, 0.002},
                {0.005, 0.0, 0.0, 1e-40, {}, {}}};
  cell.level_reached = 0.007;
  return run;
}

TEST(CurvesCsv, HasARowForEachPointOfEachCurve) {
  EXPECT_FALSE(has_curves(sample_run()));
  EXPECT_TRUE(has_curves(mixed_run()));
  const auto rows = read_csv(curves_csv(mixed_run()));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1].at("width"), "5");
  EXPECT_EQ(rows[1].at("depth"), "2");
  EXPECT_EQ(rows[1].at("seed"), "1");
  EXPECT_EQ(std::stod(rows[1].at("eps_train")), 0.02);
  EXPECT_EQ(std::stod(rows[1].at("acceptance_rate")), 1e-30);
  EXPECT_EQ(std::stod(rows[1].at("rate_low")), 9e-31);
  EXPECT_EQ(std::stod(rows[1].at("gnc_gen")), 0.125);
  EXPECT_EQ(std::stod(rows[2].at("rate_high")), 1e-40);
  EXPECT_EQ(rows[2].at("gnc_gen"), "");
}

TEST(CurveFigures, ShowWhatIsKnown) {
  const FigureSource rates = acceptance_curve_figure(mixed_run());
  EXPECT_EQ(rates.name, "curves");
  EXPECT_NE(rates.data.find("0.1 0.5\n0.02 1e-30\n"), std::string::npos) << rates.data;
  EXPECT_EQ(rates.data.find("0.005"), std::string::npos) << "a bound is no estimate";
  EXPECT_NE(rates.script.find("width 5, depth 2"), std::string::npos);
  const FigureSource losses = loss_curve_figure(mixed_run());
  EXPECT_NE(losses.data.find("0.1 0.25\n0.02 0.125\n"), std::string::npos) << losses.data;
}

TEST(HonestNotes, SayWhereSplittingStopped) {
  bool said = false;
  for (const std::string& note : honest_notes(mixed_run()))
    said = said || note.find("0.007") != std::string::npos;
  EXPECT_TRUE(said);
}

TEST(Table, NamesTheEstimatorsThatAutoChose) {
  const TableRows rows = point_rows(mixed_run());
  EXPECT_EQ(rows[0].back(), "estimators");
  EXPECT_EQ(rows[1].back(), "reject 1, splitting 1");
  EXPECT_EQ(rows[3].back(), "reject");
  EXPECT_EQ(cell_rows(mixed_run())[3].back(), "splitting");
  EXPECT_NE(point_rows(sample_run())[0].back(), "estimators");
}

}  // namespace
}  // namespace gnc
