#include "host/report/results_csv.hpp"

#include <gtest/gtest.h>

#include "tests/report/read_csv.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

TEST(ResultsCsv, WidthSweepHasThePublishedColumns) {
  const RunResults run = sample_run();
  const std::string text = results_csv(run, 0);
  EXPECT_EQ(
      first_line(text),
      "width,gnc_gen_seed=0,prior_gen_seed=0,gd_gen_seed=0,gnc_gen_seed=1,prior_gen_seed=1,gd_gen_seed=1");
  const auto rows = read_csv(text);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("width"), "5");
  EXPECT_EQ(std::stod(rows[0].at("gnc_gen_seed=1")), 0.1 + 0.2 / 3.0);
  EXPECT_EQ(rows[1].at("width"), "10");
  EXPECT_EQ(rows[1].at("gd_gen_seed=0"), "");
  EXPECT_EQ(rows[1].at("gd_gen_seed=1"), "0.01");
  EXPECT_EQ(rows[1].at("prior_gen_seed=0"), "0.25");
}

TEST(ResultsCsv, FurtherTolerancesHaveTheirOwnFiles) {
  const RunResults run = sample_run();
  EXPECT_EQ(results_csv_name(run.config, 0), "results.csv");
  EXPECT_EQ(results_csv_name(run.config, 1), "results_eps=0.005.csv");
  const auto rows = read_csv(results_csv(run, 1));
  EXPECT_EQ(rows[1].at("gnc_gen_seed=1"), "");
  EXPECT_EQ(rows[1].at("gnc_gen_seed=0"), "0.1");
}

TEST(ResultsCsv, DepthSweepHasNoPriorColumns) {
  RunResults run = sample_run();
  run.config.axis = SweepAxis::Depth;
  const std::string text = results_csv(run, 0);
  EXPECT_EQ(first_line(text), "depth,gnc_gen_seed=0,gd_gen_seed=0,gnc_gen_seed=1,gd_gen_seed=1");
  EXPECT_EQ(read_csv(text)[0].at("depth"), "2");
}

TEST(ResultsCsv, GridNamesBoth) {
  RunResults run = sample_run();
  run.config.axis = SweepAxis::Grid;
  const auto rows = read_csv(results_csv(run, 0));
  EXPECT_EQ(rows[1].at("width"), "10");
  EXPECT_EQ(rows[1].at("depth"), "2");
  EXPECT_EQ(rows[1].at("prior_gen_seed=1"), "0.25");
}

TEST(ResultsCsv, MissingCellsLeaveEmptyFields) {
  RunResults run = sample_run();
  run.cells.clear();
  EXPECT_EQ(results_csv(run, 0).substr(first_line(results_csv(run, 0)).size()), "\n5,,,,,,\n10,,,,,,\n");
}

}  // namespace
}  // namespace gnc
