#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

constexpr const char* kNote =
    "No gradient descent in 2 of 4 cells: a network of infinite width cannot be trained.";

class InfiniteWidth : public testing::Test {
 protected:
  InfiniteWidth() { write_small(folder(), {{"activation", "Linear"}, {"widths", {4, "inf"}}}); }

  GncEnd gnc(const std::vector<std::string>& arguments) const { return run_gnc(folder(), arguments); }
  const std::filesystem::path& folder() const { return scratch_.path(); }

 private:
  ScratchFolder scratch_;
};

TEST_F(InfiniteWidth, RunsWithoutDescentAndIsNamedInf) {
  const GncEnd end = gnc({"run", "small.json", "--draw", "product", "--out", "run"});
  ASSERT_EQ(end.code, 0) << end.err;
  const std::size_t note = end.out.find(kNote);
  ASSERT_NE(note, std::string::npos) << end.out;
  EXPECT_EQ(end.out.find("No gradient descent", note + 1), std::string::npos);
  EXPECT_NE(end.out.find("\ninf "), std::string::npos) << end.out;
  const CsvRows rows = read_csv(read_text(folder() / "run" / "cells.csv"));
  ASSERT_EQ(rows.size(), 8u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].at("width"), i < 4 ? "4" : "inf");
    EXPECT_EQ(rows[i].at("gd_gen").empty(), i >= 4);
    EXPECT_EQ(rows[i].at("drawn"), "20000");
    EXPECT_NE(rows[i].at("gnc_gen"), "");
  }
  EXPECT_EQ(read_csv(read_text(folder() / "run" / "results.csv")).at(1).at("width"), "inf");
  EXPECT_NE(read_text(folder() / "run" / "report.html").find(kNote), std::string::npos);
  const auto shown = nlohmann::json::parse(gnc({"show", "run", "--json"}).out);
  EXPECT_EQ(shown.at("finished"), true);
  EXPECT_EQ(shown.at("cells").at(3).at("width"), "inf");
  EXPECT_TRUE(shown.at("cells").at(3).at("gd_gen").is_null());
  EXPECT_EQ(gnc({"report", "run"}).code, 0);
}

TEST_F(InfiniteWidth, IsReplayedWithoutWeights) {
  ASSERT_EQ(gnc({"run", "small.json", "--draw", "product", "--out", "run"}).code, 0);
  const AcceptedDraw kept = run_numbers(folder() / "run").at(3).stored.back();
  const GncEnd end = gnc({"replay", "run", "--cell", "3", "--index", std::to_string(kept.index)});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto json = nlohmann::json::parse(end.out);
  EXPECT_EQ(json.at("width"), "inf");
  EXPECT_EQ(json.at("depth"), 3);
  EXPECT_TRUE(json.at("weights").is_array() && json.at("weights").empty());
  std::vector<float> Y;
  for (const auto& row : json.at("Y")) {
    for (const auto& entry : row) Y.push_back(entry.get<float>());
  }
  EXPECT_EQ(Y, kept.Y);
  EXPECT_EQ(json.at("train_loss").get<float>(), kept.train_loss);
}

TEST_F(InfiniteWidth, DrawsTheSameFromTheOptionAndIsResumedByItsName) {
  ASSERT_EQ(gnc({"run", "small.json", "--draw", "product", "--out", "config"}).code, 0);
  const std::vector<std::string> option = {"run",      "small.json", "--draw", "product",
                                           "--widths", "inf",        "--out",  "option"};
  ASSERT_EQ(gnc(option).code, 0);
  const auto all = run_numbers(folder() / "config");
  expect_same_numbers(run_numbers(folder() / "option"), {all[2], all[3]});

  std::vector<std::string> resume = option;
  resume.emplace_back("--resume");
  EXPECT_EQ(gnc(resume).code, 0);
  EXPECT_EQ(gnc({"run", "--resume", "--out", "option"}).code, 0);
  std::replace(resume.begin(), resume.end(), std::string("inf"), std::string("inf,9"));
  const GncEnd other = gnc(resume);
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find(R"(the run there has "widths" = ["inf"], this one asks for ["inf",9])"),
            std::string::npos)
      << other.err;
}

TEST_F(InfiniteWidth, IsEstimatedBySplittingAndConditional) {
  const GncEnd end =
      gnc({"run", "small.json", "--draw", "product", "--widths", "inf", "--out", "run", "--estimator",
           "splitting", "--particles", "200", "--populations", "4", "--eps-train", "0.1,1e-4"});
  ASSERT_EQ(end.code, 0) << end.err;
  const CsvRows curves = read_csv(read_text(folder() / "run" / "curves.csv"));
  ASSERT_FALSE(curves.empty());
  for (const auto& row : curves) EXPECT_EQ(row.at("width"), "inf");
  const GncEnd conditional = gnc({"run", "small.json", "--draw", "product", "--widths", "inf", "--out", "new",
                                  "--estimator", "conditional"});
  EXPECT_EQ(conditional.code, 0) << conditional.err;
  EXPECT_EQ(read_csv(read_text(folder() / "new" / "cells.csv")).at(0).at("estimator"), "conditional");
}

}  // namespace
}  // namespace gnc
