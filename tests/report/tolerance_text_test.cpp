#include "host/report/tolerance_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "host/report/cells_csv.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/results_csv.hpp"
#include "host/report/results_json.hpp"
#include "host/report/table.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

std::vector<std::string> texts(const std::vector<double>& tolerances) {
  const ToleranceText text(tolerances);
  std::vector<std::string> all;
  all.reserve(tolerances.size());
  for (const double tolerance : tolerances) all.push_back(text(tolerance));
  return all;
}

using Texts = std::vector<std::string>;

TEST(ToleranceText, HasThreeDigitsOrAsManyAsTellTolerancesApart) {
  EXPECT_EQ(texts({0.013421772800000007}), Texts{"0.0134"});
  EXPECT_EQ(texts({0.2, 0.12800000000000003, 0.0655360000000000}), (Texts{"0.2", "0.128", "0.0655"}));
  EXPECT_EQ(texts({0.0134218, 0.0134217, 0.002}), (Texts{"0.0134218", "0.0134217", "0.002"}));
  EXPECT_EQ(texts({0.1 + 0.2, 0.3}), (Texts{"0.30000000000000004", "0.3"}));
  EXPECT_EQ(texts({1.00049999, 1.0}), (Texts{"1.0005", "1"}));
}

TEST(ToleranceText, AddsNothingToShortOnes) {
  EXPECT_EQ(texts({1e300, 12345, 1500, 1, 0.5, 0.02, 1e-5, 2.5e-7}),
            (Texts{"1e+300", "12345", "1500", "1", "0.5", "0.02", "1e-05", "2.5e-07"}));
}

TEST(ToleranceText, EveryTwoDiffer) {
  std::vector<double> tolerances(3000, 1e6);
  for (std::size_t i = 1; i < tolerances.size(); ++i) tolerances[i] = 0.99 * tolerances[i - 1];
  const std::vector<std::string> all = texts(tolerances);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  for (const std::string& text : all) EXPECT_LE(text.size(), 10u);
}

TEST(ToleranceText, IsWhatPeopleReadAndNotWhatProgramsDo) {
  RunResults run = sample_run();
  const double eps = 0.013421772800000007;
  run.config.gnc_eps_train = {0.02, eps};
  for (CellResult& cell : run.cells) cell.tolerances[1].eps_train = eps;
  const auto holds = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  for (const std::string& text : {loss_figure(run).script, acceptance_figure(run).script, format_table(run),
                                  format_cells(run), honest_notes(run).at(0)}) {
    EXPECT_TRUE(holds(text, "0.0134")) << text;
    EXPECT_FALSE(holds(text, "0.01342")) << text;
  }
  run.config.axis = SweepAxis::Grid;
  run.config.gnc_eps_train = {eps};
  EXPECT_TRUE(holds(loss_figure(run).script, ", tolerance 0.0134'")) << loss_figure(run).script;
  run = sample_run();
  run.config.gnc_eps_train = {0.02, eps};
  for (CellResult& cell : run.cells) cell.tolerances[1].eps_train = eps;
  EXPECT_EQ(read_csv(cells_csv(run))[1].at("eps_train"), "0.013421772800000007");
  EXPECT_EQ(results_csv_name(run.config, 1), "results_eps=0.013421772800000007.csv");
  EXPECT_TRUE(holds(results_json(run).dump(), "0.013421772800000007"));
}

}  // namespace
}  // namespace gnc
