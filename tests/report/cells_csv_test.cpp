#include "host/report/cells_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "host/report/results_json.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(CellsCsv, DivergedDescentIsInfinite) {
  RunResults run = sample_run();
  run.cells[0].gd_gen = run.cells[0].gd_train = INFINITY;
  const auto rows = read_csv(cells_csv(run));
  EXPECT_EQ(rows[0].at("gd_gen"), "inf");
  EXPECT_EQ(rows[0].at("gd_train"), "inf");
  EXPECT_TRUE(results_json(run)["cells"][0]["gd_diverged"]);
  EXPECT_FALSE(results_json(run)["cells"][1]["gd_diverged"]);
}

TEST(CellsCsv, HasTheContractedColumns) {
  const std::string text = cells_csv(RunResults{});
  EXPECT_EQ(
      text,
      "width,depth,seed,eps_train,estimator,draw,engine,drawn,accepted,acceptance_rate,rate_low,rate_high,"
      "gnc_gen,gnc_gen_se,gnc_gen_median,gnc_gen_q25,gnc_gen_q75,prior_gen,gd_gen,gd_train,gnc_seconds,gd_"
      "seconds,samples_per_second,ess,pareto_k\n");
}

TEST(CellsCsv, HasOneRowPerCellAndToleranceThatReadsBackExactly) {
  const RunResults run = sample_run();
  const auto rows = read_csv(cells_csv(run));
  ASSERT_EQ(rows.size(), 8u);
  std::size_t next = 0;
  for (const CellResult& cell : run.cells) {
    for (const ToleranceResult& result : cell.tolerances) {
      const auto& row = rows[next++];
      EXPECT_EQ(row.at("width"), std::to_string(cell.width));
      EXPECT_EQ(row.at("depth"), "2");
      EXPECT_EQ(row.at("seed"), std::to_string(cell.seed));
      EXPECT_EQ(std::stod(row.at("eps_train")), result.eps_train);
      EXPECT_EQ(row.at("estimator"), "reject");
      EXPECT_EQ(row.at("draw"), "factors");
      EXPECT_EQ(row.at("engine"), "cpu");
      EXPECT_EQ(row.at("drawn"), "1000000");
      EXPECT_EQ(row.at("accepted"), std::to_string(result.accepted));
      EXPECT_EQ(std::stod(row.at("acceptance_rate")), result.acceptance_rate);
      EXPECT_EQ(std::stod(row.at("rate_low")), result.rate_low);
      EXPECT_EQ(std::stod(row.at("rate_high")), result.rate_high);
      if (result.gnc_gen) {
        EXPECT_EQ(std::stod(row.at("gnc_gen")), *result.gnc_gen);
        EXPECT_EQ(std::stod(row.at("gnc_gen_q75")), 0.15);
      }
      EXPECT_EQ(std::stod(row.at("prior_gen")), 0.25);
    }
  }
}

TEST(CellsCsv, LeavesTheUnknownEmpty) {
  const auto rows = read_csv(cells_csv(sample_run()));
  const auto& nothing_accepted = rows[7];
  for (const char* column : {"gnc_gen", "gnc_gen_se", "gnc_gen_median", "gnc_gen_q25", "gnc_gen_q75"}) {
    EXPECT_EQ(nothing_accepted.at(column), "") << column;
  }
  EXPECT_EQ(nothing_accepted.at("rate_low"), "0");
  EXPECT_NEAR(std::stod(nothing_accepted.at("rate_high")), -std::expm1(std::log(0.025) / 1e6), 1e-15);
  const auto& without_descent = rows[4];
  for (const char* column : {"gd_gen", "gd_train", "gd_seconds"})
    EXPECT_EQ(without_descent.at(column), "") << column;
}

TEST(CellsCsv, SaysNothingOfACellThatHasNotBegun) {
  RunResults run = sample_run();
  run.cells.resize(1);
  run.cells[0] = CellResult{};
  run.cells[0].width = 5;
  run.cells[0].depth = 2;
  run.cells[0].tolerances = {ToleranceResult{}};
  run.cells[0].tolerances[0].eps_train = 0.02;
  const auto rows = read_csv(cells_csv(run));
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& row : rows) {
    EXPECT_EQ(row.at("drawn"), "0");
    for (const char* column : {"acceptance_rate", "rate_low", "rate_high", "gnc_gen", "prior_gen", "gd_gen",
                               "gnc_seconds", "samples_per_second"}) {
      EXPECT_EQ(row.at(column), "") << column;
    }
  }
}

}  // namespace
}  // namespace gnc
