#include "host/report/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(Table, HasARowPerPointAndTolerance) {
  const TableRows rows = point_rows(sample_run());
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[1],
            (std::vector<std::string>{"5", "2", "0.02", "2000000", "2100", "0.00105 [0.00100 0.00110]",
                                      "0.133 [0.117 0.150]", "0.0100", "0.250"}));
  EXPECT_EQ(rows[4][4], "7");
  // The upper limit of none in 10^6: 3.6889e-6.
  EXPECT_EQ(rows[4][5], "- [0 7.00e-06] (0 accepted in 1 of 2 seeds: < 3.7e-06)");
  EXPECT_EQ(rows[4][6], "0.100 (1 of 2 seeds)");
}

TEST(Table, SaysUnknownAndBound) {
  RunResults run = sample_run();
  for (CellResult& cell : run.cells) {
    for (ToleranceResult& result : cell.tolerances) {
      const double eps_train = result.eps_train;
      result = ToleranceResult{};
      result.eps_train = eps_train;
      result.rate_high = 3.7e-8;
    }
    cell.gd_gen.reset();
  }
  run.cells.resize(2);
  const TableRows rows = point_rows(run);
  EXPECT_EQ(rows[1][5], "< 3.7e-08");
  EXPECT_EQ(rows[1][6], "-");
  EXPECT_EQ(rows[1][7], "-");
  EXPECT_EQ(rows[3][4], "-");
  EXPECT_EQ(rows[3][5], "-");
}

TEST(Table, SaysHowManySeedsAreKnownSoFar) {
  RunResults run = sample_run();
  undo(run.cells[1]);
  const TableRows rows = point_rows(run);
  EXPECT_EQ(rows[1][5], "0.00100 (1 of 2 seeds)") << "brackets would be read as a range over seeds";
  EXPECT_EQ(rows[1][6], "0.100 (1 of 2 seeds)");
  EXPECT_EQ(rows[1][7], "0.0100 (1 of 2 seeds)");
  EXPECT_EQ(rows[1][8], "0.250 (1 of 2 seeds)");
  EXPECT_NE(point_caption(run).find("\"(1 of 2 seeds)\""), std::string::npos);
}

TEST(Table, MedianIsShownWhereTheEmptySeedsDoNotDecideIt) {
  RunResults run = sample_run();
  run.config.num_seeds = 3;
  CellResult third = run.cells[2];
  third.seed = 2;
  third.tolerances[1].acceptance_rate = 9e-6;
  run.cells.push_back(third);
  EXPECT_EQ(point_rows(run)[4][5], "7.00e-06 [0 9.00e-06] (0 accepted in 1 of 3 seeds: < 3.7e-06)");
}

TEST(Table, ASeedWithoutARateNeedNotHaveAcceptedNothing) {
  RunResults run = sample_run();
  EXPECT_NE(point_caption(run).find("Seeds with 0 accepted rank lowest"), std::string::npos);
  for (CellResult& cell : run.cells) cell.estimator = Estimator::Splitting;
  EXPECT_EQ(point_rows(run)[4][5], "- [0 7.00e-06] (no rate in 1 of 2 seeds: < 3.7e-06)");
  EXPECT_NE(point_caption(run).find("Seeds without a rate rank lowest"), std::string::npos);
}

TEST(Table, RatesBelowTheDoublesHaveMedianAndRange) {
  RunResults run = sample_run();
  for (const std::size_t seed : {0u, 1u}) {
    ToleranceResult& result = run.cells[seed].tolerances[0];
    result.acceptance_rate = result.rate_low = 0.0;
    result.rate_high = std::numeric_limits<double>::min();
    const double log10 = std::log10(seed == 0 ? 3.0 : 5.0) - 336.0;
    result.log10 = {log10, log10 - 0.1, log10 + 0.1};
  }
  EXPECT_EQ(point_rows(run)[1][5], "4.00e-336 [3.00e-336 5.00e-336]");
  EXPECT_EQ(cell_rows(run)[3][6], "5.00e-336 [3.97e-336 6.30e-336]");
}

TEST(Table, OneSeedShowsItsInterval) {
  RunResults run = sample_run();
  run.config.num_seeds = 1;
  run.cells.erase(run.cells.begin() + 3);
  run.cells.erase(run.cells.begin() + 1);
  EXPECT_EQ(point_rows(run)[1][5], "0.00100 [0.000939 0.00107]");
  EXPECT_NE(format_table(run).find("95 % interval"), std::string::npos);
}

TEST(Table, ColumnsAreAlignedAndConstantOnesSaidOnce) {
  const std::string text = format_table(sample_run());
  EXPECT_NE(text.find("All rows: depth 2."), std::string::npos);
  const std::size_t heading = text.find("width  ");
  ASSERT_NE(heading, std::string::npos);
  const std::size_t column = text.find("drawn", heading) - heading;
  std::size_t line = heading;
  for (int row = 0; row < 4; ++row) {
    line = text.find('\n', line) + 1;
    EXPECT_EQ(text.substr(line + column, 7), "2000000");
  }
  EXPECT_EQ(text.back(), '\n');
  EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                          [](char letter) { return letter == '\n' || (letter >= ' ' && letter < 127); }));
}

TEST(Table, CellsHaveTheirIntervals) {
  const TableRows rows = cell_rows(sample_run());
  ASSERT_EQ(rows.size(), 9u);
  EXPECT_EQ(rows[1][6], "0.00100 [0.000939 0.00107]");
  EXPECT_EQ(rows[8][6], "< 3.7e-06");
  EXPECT_EQ(rows[8][7], "-");
  EXPECT_EQ(rows[5][9], "-");
  EXPECT_NE(format_cells(sample_run()).find("draws/s"), std::string::npos);
}

TEST(Table, SurvivesAnEmptyRun) {
  EXPECT_FALSE(format_table(RunResults{}).empty());
  EXPECT_FALSE(format_cells(RunResults{}).empty());
}

}  // namespace
}  // namespace gnc
