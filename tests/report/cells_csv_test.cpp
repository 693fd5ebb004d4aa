#include "host/report/cells_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
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
      "seconds,samples_per_second,ess,pareto_k,"
      "log10_rate,log10_rate_low,log10_rate_high,prior_gen_se\n");
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
      EXPECT_EQ(std::stod(row.at("log10_rate_high")), std::log10(result.rate_high));
      if (result.accepted > 0) {
        EXPECT_EQ(std::stod(row.at("log10_rate")), std::log10(result.acceptance_rate));
        EXPECT_EQ(std::stod(row.at("log10_rate_low")), std::log10(result.rate_low));
      }
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
  for (const char* column : {"log10_rate", "log10_rate_low"}) EXPECT_EQ(nothing_accepted.at(column), "");
  EXPECT_NEAR(std::stod(nothing_accepted.at("rate_high")), -std::expm1(std::log(0.025) / 1e6), 1e-15);
  const auto& without_descent = rows[4];
  for (const char* column : {"gd_gen", "gd_train", "gd_seconds"})
    EXPECT_EQ(without_descent.at(column), "") << column;
}

// To the last bit: 17 digits at the most.
TEST(CellsCsv, RatesBelowTheDoublesHaveTheirLogarithms) {
  RunResults run = sample_run();
  ToleranceResult& result = run.cells[1].tolerances[0];
  result.acceptance_rate = result.rate_low = 0.0;
  result.rate_high = std::numeric_limits<double>::min();
  result.log10 = {-800.0 / 3.0 * 1.5, -401.0 / 0.7, -1000.0 / 3.0};
  const auto row = read_csv(cells_csv(run))[2];
  EXPECT_EQ(row.at("acceptance_rate"), "0");
  EXPECT_EQ(row.at("rate_low"), "0");
  EXPECT_EQ(std::stod(row.at("rate_high")), std::numeric_limits<double>::min());
  EXPECT_EQ(std::stod(row.at("log10_rate")), result.log10.rate);
  EXPECT_EQ(std::stod(row.at("log10_rate_low")), result.log10.low);
  EXPECT_EQ(std::stod(row.at("log10_rate_high")), result.log10.high);
}

// "null" for what is 0, and no word that JSON does not know: a strict parser reads the text.
TEST(ResultsJson, HasTheLogarithmsOfRates) {
  RunResults run = sample_run();
  ToleranceResult& tiny = run.cells[1].tolerances[0];
  tiny.acceptance_rate = tiny.rate_low = 0.0;
  tiny.log10 = {-400.25, -401.5, -399.75};
  tiny.rate_high = std::numeric_limits<double>::min();
  run.cells[1].curve = {{0.1, 0.5, 0.25, 1.0, {}, {}},
                        {0.02, 0.0, 0.0, tiny.rate_high, {}, {}, tiny.log10},
                        {0.005, 0.0, 0.0, 1e-40, {}, {}}};
  const std::string text = results_json(run).dump();
  EXPECT_EQ(text.find("inf"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  const auto json = nlohmann::json::parse(text);
  const auto tolerances = json.at("cells").at(1).at("tolerances");
  EXPECT_EQ(tolerances.at(0).at("acceptance_rate").get<double>(), 0.0);
  EXPECT_EQ(tolerances.at(0).at("log10_rate").get<double>(), -400.25);
  EXPECT_EQ(tolerances.at(0).at("log10_rate_low").get<double>(), -401.5);
  EXPECT_EQ(tolerances.at(0).at("log10_rate_high").get<double>(), -399.75);
  const auto empty = json.at("cells").at(3).at("tolerances").at(1);
  EXPECT_TRUE(empty.at("log10_rate").is_null());
  EXPECT_TRUE(empty.at("log10_rate_low").is_null());
  EXPECT_EQ(empty.at("log10_rate_high").get<double>(), std::log10(empty.at("rate_high").get<double>()));
  const auto curve = json.at("cells").at(1).at("curve");
  EXPECT_EQ(curve.at(0).at("log10_rate").get<double>(), std::log10(0.5));
  EXPECT_EQ(curve.at(1).at("log10_rate_low").get<double>(), -401.5);
  EXPECT_TRUE(curve.at(2).at("log10_rate").is_null());
  EXPECT_EQ(curve.at(2).at("log10_rate_high").get<double>(), -40.0);
}

TEST(CellsCsv, AndJsonSayNothingOfACellThatHasNotBegun) {
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
    for (const char* column :
         {"acceptance_rate", "rate_low", "rate_high", "gnc_gen", "prior_gen", "gd_gen", "gnc_seconds",
          "samples_per_second", "log10_rate", "log10_rate_low", "log10_rate_high"}) {
      EXPECT_EQ(row.at(column), "") << column;
    }
  }
  const auto cell = results_json(run)["cells"][0];
  for (const char* key : {"prior_gen", "gd_gen", "gnc_seconds", "gd_seconds", "samples_per_second"}) {
    EXPECT_TRUE(cell.at(key).is_null()) << key;
  }
  for (const char* key :
       {"acceptance_rate", "rate_low", "rate_high", "log10_rate", "log10_rate_low", "log10_rate_high"}) {
    EXPECT_TRUE(cell.at("tolerances").at(0).at(key).is_null()) << key;
  }
}

}  // namespace
}  // namespace gnc
