#include "host/report/curves_csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "host/report/figure_source.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/report_html.hpp"
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
  cell.populations = 9;
  cell.particles = 4096;
  cell.tolerances.assign(2, {});
  cell.tolerances[0].eps_train = 0.02;
  cell.tolerances[0].accepted = 100;
  cell.tolerances[0].acceptance_rate = 1e-30;
  cell.tolerances[0].rate_low = 9e-31;
  cell.tolerances[0].rate_high = 1.1e-30;
  cell.tolerances[0].population_spread = 0.05;
  cell.tolerances[1].eps_train = 0.005;
  cell.tolerances[1].rate_high = 1e-40;
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
  EXPECT_EQ(std::stod(rows[1].at("log10_rate")), -30.0);
  EXPECT_EQ(std::stod(rows[1].at("log10_rate_low")), std::log10(9e-31));
  EXPECT_EQ(rows[2].at("log10_rate"), "");
  EXPECT_EQ(rows[2].at("log10_rate_low"), "");
  EXPECT_EQ(std::stod(rows[2].at("log10_rate_high")), -40.0);
}

TEST(CurvesCsv, RatesBelowTheDoublesHaveTheirLogarithms) {
  RunResults run = mixed_run();
  run.cells[1].curve[2] = {0.005, 0.0, 0.0, 0.0, 0.1, {}, {-1000.0 / 3.0, -2000.0 / 3.0, -500.0 / 3.0}};
  const auto row = read_csv(curves_csv(run))[2];
  EXPECT_EQ(row.at("acceptance_rate"), "0");
  EXPECT_EQ(std::stod(row.at("log10_rate")), -1000.0 / 3.0);
  EXPECT_EQ(std::stod(row.at("log10_rate_low")), -2000.0 / 3.0);
  EXPECT_EQ(std::stod(row.at("log10_rate_high")), -500.0 / 3.0);
}

/// What follows the comments of a seed of width 5 in the data of a figure.
std::string block_of(const FigureSource& figure, int seed) {
  const auto at = figure.data.find("# width 5, depth 2, seed " + std::to_string(seed) + "\n# eps_train ");
  if (at == std::string::npos) return "";
  const auto rows = figure.data.find('\n', figure.data.find('\n', at) + 1) + 1;
  return figure.data.substr(rows, figure.data.find("\n\n", at) + 1 - rows);
}

TEST(CurveFigures, ShowWhatIsKnownWithIntervals) {
  const FigureSource rates = acceptance_curve_figure(mixed_run());
  EXPECT_EQ(rates.name, "curves");
  const std::string of_splitting = block_of(rates, 1);
  EXPECT_EQ(of_splitting.find("0.1 0.5 0.48 0.52 -0.3010299956639812 "), 0u) << of_splitting;
  EXPECT_NE(of_splitting.find("\n0.02 1e-30 9e-31 1.1e-30 -30 "), std::string::npos) << of_splitting;
  EXPECT_EQ(std::ranges::count(of_splitting, '\n'), 2) << "a bound is no estimate";
  // The other estimators' cells, at the tolerances of the run.
  EXPECT_EQ(block_of(rates, 0).find("0.02 0.001 0.00093"), 0u) << rates.data;
  EXPECT_NE(rates.script.find("estimators reject and splitting"), std::string::npos) << rates.script;
  EXPECT_NE(rates.script.find("title 'width 5'"), std::string::npos) << rates.script;
  const FigureSource losses = loss_curve_figure(mixed_run());
  double eps = 0.0, value = 0.0, low = 0.0, high = 0.0;
  std::istringstream(block_of(losses, 1)) >> eps >> value >> low >> high;
  EXPECT_EQ(eps, 0.1);
  EXPECT_EQ(value, 0.25);
  // Tabulated: Student's t at 0.975 with 8 degrees of freedom is 2.306; the normal law's is 1.960.
  EXPECT_NEAR(high - value, 2.306 * 0.001, 1e-6);
  EXPECT_NEAR(value - low, 2.306 * 0.001, 1e-6);
  std::istringstream(block_of(losses, 0)) >> eps >> value >> low >> high;
  EXPECT_NEAR(high - value, 1.960 * 0.001, 1e-6);
}

TEST(CurveFigures, LossesOfUnknownErrorHaveNoInterval) {
  RunResults run = mixed_run();
  run.cells[0].tolerances[1].gnc_gen_se.reset();  // by rejection
  run.cells[1].curve[0].gnc_gen_se.reset();       // by splitting
  const FigureSource losses = loss_curve_figure(run);
  EXPECT_NE(block_of(losses, 0).find("0.005 0.1 NaN NaN\n"), std::string::npos) << losses.data;
  EXPECT_EQ(block_of(losses, 1).find("0.1 0.25 NaN NaN\n0.02 0.125 0.12"), 0u) << losses.data;
  EXPECT_NE(losses.script.find("index 0 using 1:(valid(3) ? NaN : $2) with points"), std::string::npos);
  EXPECT_NE(losses.script.find("where they are known"), std::string::npos);
  EXPECT_EQ(loss_curve_figure(mixed_run()).script.find("where they are known"), std::string::npos);
}

TEST(CurveFigures, NarrowToleranceRangesHaveMoreThanPowersOfTenAsTics) {
  RunResults run = mixed_run();
  EXPECT_NE(acceptance_curve_figure(run).script.find("'0.05' 0.05"), std::string::npos);
  run.cells[1].curve.push_back({1e-5, 1e-50, 1e-51, 1e-49, {}, {}});
  EXPECT_EQ(acceptance_curve_figure(run).script.find("set xtics ("), std::string::npos);
}

/// The only note of the run that holds `words`; empty where none does.
std::string note_with(const RunResults& run, const std::string& words) {
  std::string found;
  for (const std::string& note : honest_notes(run)) {
    if (note.find(words) == std::string::npos) continue;
    EXPECT_EQ(found, "") << note;
    found = note;
  }
  return found;
}

TEST(HonestNotes, SayWhereSplittingStopped) {
  RunResults run = mixed_run();
  const std::string note = note_with(run, "0.007");
  EXPECT_NE(note.find("in 1 of its 1 cells"), std::string::npos) << note;
  EXPECT_NE(note.find("upper bounds"), std::string::npos) << note;
  // Cell 3 of the sample alone, not that of splitting.
  EXPECT_NE(note_with(run, "No draw was accepted").find("1 of 3 cells at tolerance 0.005"),
            std::string::npos);
}

TEST(HonestNotes, SayThatFewerParticlesFitted) {
  RunResults run = mixed_run();
  run.config.splitting_particles = 4096;
  EXPECT_EQ(note_with(run, "fewer particles"), "");
  run.config.splitting_particles = 4097;
  const std::string note = note_with(run, "fewer particles");
  EXPECT_NE(note.find("the 4097 asked for in 1 of its 1 cells, down to 4096"), std::string::npos) << note;
  EXPECT_NE(format_table(run).find(note), std::string::npos);
  EXPECT_NE(report_html(run, {}).find("the 4097 asked for"), std::string::npos);
}

TEST(HonestNotes, SayThatPopulationsDisagree) {
  RunResults run = mixed_run();
  ToleranceResult& result = run.cells[1].tolerances[0];
  result.population_spread = 0.59;
  EXPECT_EQ(note_with(run, "intervals of G&C losses are too short"), "");
  result.population_spread = 0.99;
  EXPECT_EQ(note_with(run, "disagree"), "");
  EXPECT_NE(note_with(run, "intervals of G&C losses are too short").find("in 1 of 1 results by 0.6 to 1 "),
            std::string::npos);
  result.population_spread = 1.5;
  EXPECT_NE(note_with(run, "disagree").find("in 1 of 1 results"), std::string::npos);
  EXPECT_NE(note_with(run, "disagree").find("up to 1.5)"), std::string::npos) << note_with(run, "disagree");
}

TEST(HonestNotes, SayThatPopulationsAreFew) {
  RunResults run = mixed_run();
  run.cells[1].populations = 8;
  EXPECT_EQ(note_with(run, "Fewer than 8 populations"), "");
  run.cells[1].populations = 7;
  const std::string note = note_with(run, "Fewer than 8 populations");
  EXPECT_NE(note.find("in 1 of the 1 cells of splitting, down to 7"), std::string::npos) << note;
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
