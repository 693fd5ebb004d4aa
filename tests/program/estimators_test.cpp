#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// One experiment by two estimators: with `auto` the cells of one seed of width 2 are for splitting, the
/// others for conditional.
class Estimators : public testing::TestWithParam<const char*> {
 protected:
  Estimators() {
    write_small(scratch.path(), {{"estimator", GetParam()},
                                 {"gd_epochs", 30},
                                 {"widths", {2, 40}},
                                 {"depth", 4},
                                 {"gnc_eps_train", {0.1, 1e-3}},
                                 {"splitting_particles", 300},
                                 {"splitting_sweeps", 3},
                                 {"splitting_populations", 3}});
  }
  std::filesystem::path run(const std::string& out, const std::string& threads) {
    const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--threads", threads, "--out", out});
    EXPECT_EQ(end.code, 0) << end.err;
    printed = end;
    return scratch.path() / out;
  }

  ScratchFolder scratch;
  GncEnd printed;
};

TEST_P(Estimators, ThreadsChangeNoByte) {
  const auto one = run("one", "1");
  const auto two = run("two", "2");
  EXPECT_EQ(cells_without_times(two), cells_without_times(one));
  for (const char* file :
       {"results.csv", "results_eps=0.001.csv", "curves.csv", "curves.dat", "curves_gen.dat"}) {
    EXPECT_EQ(read_text(two / file), read_text(one / file)) << file;
  }
}

TEST_P(Estimators, CurvesMeetTheCellsAtTheTolerances) {
  const auto folder = run("run", "2");
  const CsvRows curves = read_csv(read_text(folder / "curves.csv"));
  std::set<std::string> estimators;
  for (const auto& cell : cells_without_times(folder)) {
    estimators.insert(cell.at("estimator"));
    const auto of_cell = [&](const auto& row) {
      return row.at("width") == cell.at("width") && row.at("depth") == cell.at("depth") &&
             row.at("seed") == cell.at("seed");
    };
    const auto points = std::count_if(curves.begin(), curves.end(), of_cell);
    if (cell.at("estimator") != "splitting") {
      EXPECT_EQ(points, 0);
      continue;
    }
    EXPECT_GT(points, 8) << "four points a decade from 0.001 to above 0.1";
    const auto row = std::find_if(curves.begin(), curves.end(), [&](const auto& at) {
      return of_cell(at) && at.at("eps_train") == cell.at("eps_train");
    });
    ASSERT_NE(row, curves.end()) << cell.at("eps_train");
    for (const char* column : {"acceptance_rate", "rate_low", "rate_high", "gnc_gen", "gnc_gen_se"}) {
      EXPECT_EQ(row->at(column), cell.at(column)) << column;
    }
    EXPECT_GT(std::stod(cell.at("acceptance_rate")), 0.0);
  }
  // A smaller tolerance never has a larger rate.
  for (std::size_t i = 1; i < curves.size(); ++i) {
    if (std::stod(curves[i].at("eps_train")) > std::stod(curves[i - 1].at("eps_train"))) continue;
    EXPECT_LE(std::stod(curves[i].at("acceptance_rate")), std::stod(curves[i - 1].at("acceptance_rate")));
  }
  const bool chosen = std::string(GetParam()) == "auto";
  EXPECT_EQ(estimators, (chosen ? std::set<std::string>{"conditional", "splitting"}
                                : std::set<std::string>{"splitting"}));
  EXPECT_EQ(printed.err.find("pilots choose") != std::string::npos, chosen) << printed.err;
  EXPECT_NE(printed.out.find("With splitting: drawn are forward passes"), std::string::npos) << printed.out;
}

TEST_P(Estimators, ACellOfSplittingIsNotReplayed) {
  const CsvRows cells = cells_without_times(run("run", "2"));
  for (std::size_t i = 0; i < cells.size(); i += 2) {  // two tolerances
    const GncEnd end =
        run_gnc(scratch.path(), {"replay", "run", "--cell", std::to_string(i / 2), "--index", "3"});
    if (cells[i].at("estimator") != "splitting") {
      EXPECT_EQ(end.code, 0) << end.err;
      continue;
    }
    EXPECT_EQ(end.code, 2);
    EXPECT_EQ(end.out, "");
    EXPECT_EQ(count_lines(end.err), 1u) << end.err;
    EXPECT_NE(end.err.find("estimator splitting"), std::string::npos) << end.err;
    EXPECT_NE(end.err.find("expected a cell of estimator reject or conditional"), std::string::npos)
        << end.err;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Estimators, testing::Values("splitting", "auto"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace gnc
