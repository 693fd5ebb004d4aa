#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "host/report/figure_source.hpp"
#include "tests/report/grid_run.hpp"

namespace gnc {
namespace {

/// How an entry of a legend looks.
struct Look {
  std::string colour, dash, point;
  bool operator==(const Look&) const = default;
  bool operator<(const Look& other) const {
    return std::tie(colour, dash, point) < std::tie(other.colour, other.dash, other.point);
  }
};

std::string word_after(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size();
  return text.substr(begin, text.find_first_of(" ,", begin) - begin);
}

/// The looks of the curves that a script names, by their titles; two titles must not be equal.
std::map<std::string, Look> looks_of(const FigureSource& source) {
  std::map<std::string, Look> looks;
  std::istringstream lines(source.script);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t title = line.find(" title '");
    if (title == std::string::npos || line.find("linecolor") == std::string::npos) continue;
    const std::size_t begin = title + 8;
    const std::string name = line.substr(begin, line.find('\'', begin) - begin);
    EXPECT_TRUE(looks
                    .emplace(name, Look{word_after(line, "linecolor rgb "), word_after(line, "dashtype "),
                                        word_after(line, "pointtype ")})
                    .second)
        << name;
  }
  return looks;
}

void expect_all_differ(const FigureSource& source, std::size_t least) {
  const std::map<std::string, Look> looks = looks_of(source);
  EXPECT_GE(looks.size(), least) << source.name;
  std::set<Look> different;
  for (const auto& [title, look] : looks) EXPECT_TRUE(different.insert(look).second) << title;
}

TEST(FigureLooks, DifferInFiguresOfLargeGrids) {
  RunResults run = grid_run(40);
  expect_all_differ(loss_figure(run), 30);
  expect_all_differ(acceptance_figure(run), 30);
  expect_all_differ(acceptance_curve_figure(run), 30);
  for (CellResult& cell : run.cells) cell.curve.clear();
  expect_all_differ(acceptance_curve_figure(run), 30);
  expect_all_differ(loss_curve_figure(run), 30);
  for (CellResult& cell : run.cells) {
    for (ToleranceResult& result : cell.tolerances) result.gnc_gen_se.reset();
  }
  expect_all_differ(loss_curve_figure(run), 30);
  run.config.gnc_eps_train = {0.02};
  expect_all_differ(acceptance_figure(run), 30);
}

TEST(FigureLooks, ATolerancesIsTheSameInBothFiguresAndNotDescents) {
  RunResults run = sample_run();
  run.config.gnc_eps_train = {5, 4, 3, 2, 1};
  for (CellResult& cell : run.cells) {
    cell.tolerances.resize(5, cell.tolerances[0]);
    for (std::size_t i = 0; i < 5; ++i) cell.tolerances[i] = cell.tolerances[0];
    for (std::size_t i = 0; i < 5; ++i) cell.tolerances[i].eps_train = run.config.gnc_eps_train[i];
  }
  const auto losses = looks_of(loss_figure(run)), rates = looks_of(acceptance_figure(run));
  std::set<Look> different;
  for (const std::string eps : {"eps 5", "eps 4", "eps 3", "eps 2", "eps 1"}) {
    ASSERT_TRUE(losses.contains("G&C, " + eps) && rates.contains(eps)) << eps;
    EXPECT_EQ(losses.at("G&C, " + eps), rates.at(eps)) << eps;
    for (const char* other : {"gradient descent", "prior"}) {
      EXPECT_NE(rates.at(eps).point, losses.at(other).point) << eps;
      EXPECT_NE(rates.at(eps).colour, losses.at(other).colour) << eps;
    }
    different.insert(rates.at(eps));
  }
  EXPECT_EQ(different.size(), 5u);
}

// Fifteen depths: three rounds of the seven colours.
TEST(FigureLooks, OfAGridsRatesAreColoursOfDepthsWithDashesAndMarkersOfTolerances) {
  const auto looks = looks_of(acceptance_figure(grid_run(15)));
  std::set<std::string> colours, dashes;
  for (std::int64_t depth = 1; depth <= 15; ++depth) {
    const std::string title = "depth " + std::to_string(depth);
    const std::int64_t round = (depth - 1) / 7;
    const Look& large = looks.at(title + ", eps 0.02");
    const Look& small = looks.at(title + ", eps 0.005");
    EXPECT_EQ(large.colour, small.colour) << depth;
    EXPECT_EQ(large.dash, looks.at("depth 1, eps 0.02").dash) << depth;
    EXPECT_EQ(small.dash, looks.at("depth 1, eps 0.005").dash) << depth;
    const std::string first_of_round = "depth " + std::to_string(7 * round + 1);
    EXPECT_EQ(large.point, looks.at(first_of_round + ", eps 0.02").point) << depth;
    EXPECT_EQ(small.point, looks.at(first_of_round + ", eps 0.005").point) << depth;
    colours.insert(large.colour);
    dashes.insert({large.dash, small.dash});
  }
  EXPECT_EQ(colours.size(), 7u);
  EXPECT_EQ(dashes.size(), 2u);
}

TEST(FigureLooks, OfAGridsLossesAreColoursAndDashesOfDepthsWithMarkersOfMethods) {
  const auto looks = looks_of(loss_figure(grid_run(10)));
  for (std::int64_t depth = 1; depth <= 10; ++depth) {
    const std::string of = ", depth " + std::to_string(depth);
    for (const std::string method : {"G&C", "GD", "prior"}) {
      EXPECT_EQ(looks.at(method + of).colour, looks.at("G&C" + of).colour) << depth;
      EXPECT_EQ(looks.at(method + of).dash, looks.at("G&C" + of).dash) << depth;
      EXPECT_EQ(looks.at(method + of).point, looks.at(method + ", depth 1").point) << depth;
    }
  }
  EXPECT_NE(looks.at("G&C, depth 8").dash, looks.at("G&C, depth 1").dash);
}

}  // namespace
}  // namespace gnc
