#include "host/report/figures.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "host/errors.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/gnuplot.hpp"
#include "host/report/shell_word.hpp"
#include "tests/report/needs_gnuplot.hpp"
#include "tests/report/sample_run.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

void expect_figures(const ScratchFolder& folder, const ReportFiles& files) {
  for (const std::string& warning : files.warnings) ADD_FAILURE() << warning;
  for (const std::string name : {"figure", "acceptance"}) {
    EXPECT_EQ(folder.read(name + ".pdf").substr(0, 5), "%PDF-");
    EXPECT_EQ(folder.read(name + ".png").substr(1, 3), "PNG");
    EXPECT_NE(folder.read(name + ".svg").find("</svg>"), std::string::npos);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().string().find(".tmp"), std::string::npos) << entry.path();
  }
}

TEST(Figures, AreDrawnInThreeFormats) {
  SKIP_WITHOUT_GNUPLOT();
  const ScratchFolder folder;
  const ReportFiles files = write_figures(sample_run(), folder.path());
  expect_figures(folder, files);
  EXPECT_EQ(files.written.size(), 10u);
}

TEST(Figures, EverySweepAndStateCanBeDrawn) {
  SKIP_WITHOUT_GNUPLOT();
  for (const SweepAxis axis : {SweepAxis::Width, SweepAxis::Depth, SweepAxis::Grid}) {
    RunResults run = sample_run();
    run.config.axis = axis;
    run.config.name = "it's `echo` \"{x}\" \\";
    const auto draw = [&] {
      const ScratchFolder folder;
      expect_figures(folder, write_figures(run, folder.path()));
    };
    draw();
    run.finished = false;
    run.cells[0].gd_gen = std::nan("");
    run.cells[1].gd_gen = INFINITY;
    draw();
    for (CellResult& cell : run.cells) cell.tolerances[0] = none_accepted(0.02, 3.7e-6);
    draw();
    run.cells.clear();
    draw();
  }
}

TEST(Figures, ManySeedsAreDrawnAsQuartiles) {
  SKIP_WITHOUT_GNUPLOT();
  RunResults run = sample_run();
  run.config.num_seeds = 100;
  const ScratchFolder folder;
  expect_figures(folder, write_figures(run, folder.path()));
  EXPECT_EQ(acceptance_figure(run).data.find("each seed"), std::string::npos);
}

TEST(Figures, TheScriptDrawsThemAgain) {
  SKIP_WITHOUT_GNUPLOT();
  const ScratchFolder folder;
  write_figures(sample_run(), folder.path());
  for (const char* name : {"figure.pdf", "figure.png", "figure.svg"})
    std::filesystem::remove(folder.path() / name);
  EXPECT_EQ(Gnuplot(folder.path(), "figure.gp").wait().failure, "");
  for (const char* name : {"figure.pdf", "figure.png", "figure.svg"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() / name)) << name;
  }
}

TEST(Figures, WithoutGnuplotScriptsAreKeptAndTheRemedyIsNamed) {
  const ScratchFolder nowhere;
  const ScopedVariable path("PATH", nowhere.path().string());
  const ScratchFolder folder;
  const ReportFiles files = write_figures(sample_run(), folder.path());
  ASSERT_EQ(files.warnings.size(), 1u);
  EXPECT_EQ(
      files.warnings[0],
      "no figures: gnuplot was not found; install it with: apt-get install gnuplot-nox, then: gnc report " +
          shell_word(folder.path().string()));
  EXPECT_EQ(files.written.size(), 4u);
  EXPECT_FALSE(folder.read("figure.gp").empty());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "figure.png"));
}

/// A folder with a program gnuplot that a shell script is.
class ScriptedGnuplot {
 public:
  explicit ScriptedGnuplot(const std::string& script) {
    std::ofstream(tools_.path() / "gnuplot") << "#!/bin/sh\n" << script;
    std::filesystem::permissions(tools_.path() / "gnuplot", std::filesystem::perms::owner_all);
  }
  std::string path() const { return tools_.path().string(); }
  /// With the programs that the script calls.
  std::string path_and_others() const { return path() + ":" + std::getenv("PATH"); }

 private:
  ScratchFolder tools_;
};

constexpr const char* kFails = "printf 'line 7:\\nbroken thing\\n' >&2\nexit 1\n";

TEST(Figures, OfEarlierNumbersDoNotStayBesideNewOnes) {
  const ScriptedGnuplot failing(kFails);
  for (const std::string& tools : {failing.path(), std::string("/nowhere")}) {
    const ScopedVariable path("PATH", tools);
    const ScratchFolder folder;
    for (const char* name : {"figure.pdf", "figure.png", "acceptance.svg", "my-figure.png", "figure.txt"}) {
      std::ofstream(folder.path() / name) << "old";
    }
    const ReportFiles files = write_figures(sample_run(), folder.path());
    ASSERT_FALSE(files.warnings.empty());
    EXPECT_EQ(files.warnings.back(), "figures of earlier numbers were removed");
    for (const char* name : {"figure.pdf", "figure.png", "acceptance.svg"}) {
      EXPECT_FALSE(std::filesystem::exists(folder.path() / name)) << name;
    }
    EXPECT_EQ(folder.read("my-figure.png"), "old");
    EXPECT_EQ(folder.read("figure.txt"), "old");
  }
}

TEST(Figures, AFailingGnuplotIsReportedInALine) {
  const ScriptedGnuplot failing(kFails);
  const ScopedVariable path("PATH", failing.path());
  const ScratchFolder folder;
  const ReportFiles files = write_figures(sample_run(), folder.path());
  ASSERT_EQ(files.warnings.size(), 2u);
  EXPECT_EQ(files.warnings[0], "no figure: gnuplot: line 7: broken thing");
}

TEST(Figures, AreDrawnWhateverTerminalTheUserPrefers) {
  SKIP_WITHOUT_GNUPLOT();
  const ScratchFolder folder;
  const ScopedVariable terminal("GNUTERM", "no such terminal");
  EXPECT_EQ(write_figures(sample_run(), folder.path()).warnings, std::vector<std::string>{});
}

TEST(Figures, AreDrawnAtTheSameTime) {
  const ScriptedGnuplot waiting(
      "i=0; while [ $i -lt 200 ]; do\n"
      "  if [ -e figure.gp.log ] && [ -e acceptance.gp.log ]; then echo two; exit 1; fi\n"
      "  sleep 0.05; i=$((i + 1))\n"
      "done\n"
      "echo alone; exit 1\n");
  const ScopedVariable path("PATH", waiting.path_and_others());
  const ScratchFolder folder;
  const ReportFiles files = write_figures(sample_run(), folder.path());
  EXPECT_EQ(files.warnings,
            (std::vector<std::string>{"no figure: gnuplot: two", "no acceptance: gnuplot: two"}));
}

TEST(Gnuplot, IsWaitedForInTheEnd) {
  const ScriptedGnuplot slow("sleep 0.2; echo all > drawn\n");
  const ScopedVariable path("PATH", slow.path_and_others());
  const ScratchFolder folder;
  { const Gnuplot abandoned(folder.path(), "empty.gp"); }
  EXPECT_EQ(folder.read("drawn"), "all\n");
}

// gnuplot ends with 0 where the disk is full.
TEST(Figures, AnUnfinishedOneLeavesTheEarlierOne) {
  SKIP_WITHOUT_GNUPLOT();
  const ScratchFolder folder;
  write_figures(sample_run(), folder.path());
  const std::string earlier = folder.read("figure.svg");
  const ScriptedGnuplot unfinished(
      "for format in pdf png svg; do head -c 3000 ../figure.$format > figure.$format; done\n");
  const ScopedVariable path("PATH", unfinished.path_and_others());
  try {
    write_figures(sample_run(), folder.path());
    FAIL() << "took half a figure";
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what()).find("figure.pdf: cannot be written: gnuplot left it unfinished"),
              std::string::npos)
        << error.what();
  }
  EXPECT_EQ(folder.read("figure.svg"), earlier);
}

// Median and quartiles of the two seeds' 0.1 and 0.1 + 0.2/3.
TEST(LossFigure, DataHoldsMedianAndQuartiles) {
  const std::string data = loss_figure(sample_run()).data;
  const std::size_t block = data.find("# G&C, eps 0.02\n");
  ASSERT_NE(block, std::string::npos);
  double x = 0.0;
  double median = 0.0;
  double q25 = 0.0;
  double q75 = 0.0;
  const std::size_t row = data.find('\n', data.find('\n', block) + 1) + 1;
  ASSERT_EQ(std::sscanf(data.c_str() + row, "%lf %lf %lf %lf", &x, &median, &q25, &q75), 4);
  EXPECT_EQ(x, 5.0);
  EXPECT_NEAR(median, 0.1 + 0.1 / 3.0, 1e-15);
  EXPECT_NEAR(q25, 0.1 + 0.05 / 3.0, 1e-15);
  EXPECT_NEAR(q75, 0.1 + 0.15 / 3.0, 1e-15);
}

TEST(LossFigure, HasACurvePerToleranceAndOpensPointsOfSomeSeeds) {
  const FigureSource source = loss_figure(sample_run());
  EXPECT_NE(source.script.find("title 'G&C, eps 0.02'"), std::string::npos);
  EXPECT_NE(source.script.find("title 'G&C, eps 0.005'"), std::string::npos);
  EXPECT_NE(source.script.find("open: not all seeds"), std::string::npos);
  const std::size_t block = source.data.find("# G&C, eps 0.005\n");
  ASSERT_NE(block, std::string::npos);
  EXPECT_NE(source.data.find("\n10 0.1 0.1 0.1 0\n", block), std::string::npos) << source.data;
  RunResults one = sample_run();
  one.config.gnc_eps_train = {0.02};
  EXPECT_NE(loss_figure(one).data.find("\n10 0.01 0.01 0.01 0\n"), std::string::npos) << "of one descent";
  one.cells[2].gd_gen = 0.01;
  EXPECT_NE(loss_figure(one).script.find("title 'G&C'"), std::string::npos);
  EXPECT_EQ(loss_figure(one).script.find("open:"), std::string::npos);
}

TEST(Figures, PointsOfSeedsThatAreDoneAreOpenUntilAllAre) {
  RunResults run = sample_run();
  run.config.gnc_eps_train = {0.02};
  run.cells[2].gd_gen = 0.01;
  for (const FigureSource& source : {loss_figure(run), acceptance_figure(run)}) {
    EXPECT_EQ(source.script.find("open: not all seeds"), std::string::npos) << source.name;
  }
  undo(run.cells[3]);
  for (const FigureSource& source : {loss_figure(run), acceptance_figure(run)}) {
    EXPECT_NE(source.script.find("open: not all seeds"), std::string::npos) << source.name;
  }
  EXPECT_NE(loss_figure(run).data.find("\n10 0.1 0.1 0.1 0\n"), std::string::npos);
  EXPECT_NE(acceptance_figure(run).data.find("\n10 0.001 0.001 0.001 0 -3 -3 -3\n"), std::string::npos);
}

TEST(LossFigure, SaysThatDescentsDiverged) {
  RunResults run = sample_run();
  for (std::size_t i : {0, 1}) run.cells[i].gd_gen = INFINITY;
  const FigureSource source = loss_figure(run);
  EXPECT_NE(source.script.find("2 of 3 descents diverged"), std::string::npos);
  EXPECT_NE(source.data.find("\n5 NaN 1e99 1e99 1\n"), std::string::npos) << source.data;
}

TEST(LossFigure, AToleranceWithoutAcceptedDrawsIsNamed) {
  RunResults run = sample_run();
  EXPECT_EQ(loss_figure(run).script.find("none accepted"), std::string::npos);
  for (CellResult& cell : run.cells) cell.tolerances[1] = none_accepted(0.005, 3.7e-6);
  EXPECT_NE(loss_figure(run).script.find("title 'G&C, eps 0.005: none accepted'"), std::string::npos);
  for (CellResult& cell : run.cells) cell.drawn = 0;
  EXPECT_EQ(loss_figure(run).script.find("none accepted"), std::string::npos) << "nothing was drawn";
}

TEST(Figures, SayWhichTolerancesTheyLeaveOut) {
  RunResults run = sample_run();
  for (const FigureSource& source : {loss_figure(run), acceptance_figure(run)}) {
    EXPECT_EQ(source.script.find("tolerances shown"), std::string::npos) << source.name;
  }
  run.config.axis = SweepAxis::Grid;
  EXPECT_NE(loss_figure(run).script.find("1 of 2 tolerances shown"), std::string::npos);
  run.config.axis = SweepAxis::Width;
  run.config.gnc_eps_train = {7, 6, 5, 4, 3, 2, 1};
  for (const FigureSource& source : {loss_figure(run), acceptance_figure(run)}) {
    EXPECT_NE(source.script.find("5 of 7 tolerances shown"), std::string::npos) << source.name;
  }
}

TEST(LossFigure, CurvesWithoutValuesAreLeftOut) {
  RunResults run = sample_run();
  for (CellResult& cell : run.cells) cell.gd_gen.reset();
  const FigureSource source = loss_figure(run);
  EXPECT_EQ(source.script.find("gradient descent'"), std::string::npos);
  EXPECT_NE(source.script.find("title 'prior'"), std::string::npos);
}

TEST(AcceptanceFigure, CurvesWithoutAMedianAreNamedToo) {
  RunResults run = sample_run();
  for (const std::size_t i : {1, 3}) run.cells[i].tolerances[1] = none_accepted(0.005, 3.7e-6);
  EXPECT_NE(acceptance_figure(run).script.find("title 'eps 0.005'"), std::string::npos);
}

TEST(AcceptanceFigure, NothingAcceptedIsAnUpperBound) {
  const FigureSource source = acceptance_figure(sample_run());
  EXPECT_NE(source.data.find("upper bounds"), std::string::npos);
  EXPECT_NE(source.script.find("title 'upper bound'"), std::string::npos);
  // Over few decades an arrow ends at half the bound; over 300 it would be a dot.
  EXPECT_NE(source.script.find("arrow = 0.301\n"), std::string::npos) << source.script;
  RunResults run = sample_run();
  run.cells[3].tolerances[1].rate_high = 1e-300;
  const std::string script = acceptance_figure(run).script;
  const auto at = script.find("arrow = ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_GT(std::stod(script.substr(at + 8)), 12.0);
}

TEST(AcceptanceFigure, NoRateIsAboveOne) {
  SKIP_WITHOUT_GNUPLOT();
  RunResults run = sample_run();
  for (CellResult& cell : run.cells) {
    for (ToleranceResult& result : cell.tolerances) {
      result.accepted = cell.drawn;
      result.acceptance_rate = result.rate_high = 1.0;
      result.rate_low = 0.99;
    }
  }
  const ScratchFolder folder;
  const FigureSource source = acceptance_figure(run);
  std::ofstream(folder.path() / "acceptance.dat") << source.data;
  std::ofstream(folder.path() / "check.gp")
      << source.script << "set print 'range.txt'\nprint GPVAL_Y_MIN < -0.3, GPVAL_Y_MAX == 0.0\n";
  ASSERT_EQ(Gnuplot(folder.path(), "check.gp").wait().failure, "");
  EXPECT_EQ(folder.read("range.txt"), "1 1\n");
}

// Curves that lie apart stand at their widths: the offset of the median's points is 0.
TEST(AcceptanceFigure, CurvesStandAsideOnlyWhereTheyOverlap) {
  RunResults run = sample_run();
  run.cells[3].tolerances[1] = run.cells[2].tolerances[1];
  EXPECT_NE(acceptance_figure(run).script.find("(shift($1, 0.000)):6"), std::string::npos);
  EXPECT_EQ(acceptance_figure(run).script.find("(shift($1, 0.170)):6"), std::string::npos);
  for (ToleranceResult* result : {&run.cells[0].tolerances[1], &run.cells[1].tolerances[1]}) {
    result->rate_high = 0.01;
  }
  EXPECT_NE(acceptance_figure(run).script.find("(shift($1, 0.170)):6"), std::string::npos);
}

// Equal bounds would hide each other, and so would arrows that begin a little apart.
TEST(AcceptanceFigure, BoundsStandAside) {
  RunResults run = sample_run();
  const auto bound = [&](std::size_t tolerance, double rate_high) {
    for (CellResult& cell : run.cells) {
      cell.tolerances[tolerance] = none_accepted(run.config.gnc_eps_train[tolerance], rate_high);
    }
  };
  const auto places = [&] {
    const std::string data = acceptance_figure(run).data;
    std::set<std::string> found;
    std::istringstream rows(data);
    for (std::string row; std::getline(rows, row);) {
      std::string x, seed, aside;
      std::istringstream(row) >> x >> seed >> aside;
      if (x == "5" && seed == "0") found.insert(aside);
    }
    return found.size();
  };
  bound(0, 0.036);
  bound(1, 0.036);
  EXPECT_EQ(places(), 2u);
  bound(1, 0.03);
  EXPECT_EQ(places(), 2u);
  bound(1, 0.003);
  EXPECT_EQ(places(), 1u);
}

// By gnuplot itself: the bar's lower end is that of the axis.
TEST(AcceptanceFigure, AnIntervalFromZeroReachesTheAxis) {
  SKIP_WITHOUT_GNUPLOT();
  RunResults run = sample_run();
  run.config.points.resize(1);
  run.config.num_seeds = 1;
  run.config.gnc_eps_train = {0.02};
  run.cells.resize(1);
  run.cells[0].tolerances.resize(1);
  run.cells[0].estimator = Estimator::Splitting;
  run.cells[0].tolerances[0].acceptance_rate = 2.9e-146;
  run.cells[0].tolerances[0].rate_low = 0.0;
  run.cells[0].tolerances[0].rate_high = 1.0;
  run.cells[0].curve = {{0.1, 1.0, 0.9, 1.0, {}, {}}, {0.02, 2.9e-146, 0.0, 1.0, {}, {}}};
  // Not 0, but as far from what the figure can show.
  run.cells[0].curve[1].log10.low = -2461.0;
  const ScratchFolder folder;
  for (const FigureSource& source : {acceptance_figure(run), acceptance_curve_figure(run)}) {
    std::ofstream(folder.path() / (source.name + ".dat")) << source.data;
    const std::string upto = source.script.substr(0, source.script.find("set terminal"));
    std::ofstream(folder.path() / "check.gp")
        << upto
        << "set print 'low.txt'\nprint on_axis(-1e9) < -145.6 && on_axis(-1e9) > -200 && on_axis(-1) == -1\n";
    ASSERT_EQ(Gnuplot(folder.path(), "check.gp").wait().failure, "");
    EXPECT_EQ(folder.read("low.txt"), "1\n") << source.name;
    const bool bars = source.name == "acceptance";
    EXPECT_NE(source.script.find(bars ? "(on_axis($8)):(0):($9 - on_axis($8))" : "1:(on_axis($6)):7"),
              std::string::npos)
        << source.script;
  }
}

/// The sample run with rates far below the doubles: its own times 10^-400, also in a curve of cell 0.
RunResults tiny_run() {
  RunResults run = sample_run();
  for (CellResult& cell : run.cells) {
    for (ToleranceResult& result : cell.tolerances) {
      result.log10 = {std::log10(result.acceptance_rate) - 400.0, std::log10(result.rate_low) - 400.0,
                      std::log10(result.rate_high) - 400.0};
      result.acceptance_rate = result.rate_low = 0.0;
      result.rate_high = std::numeric_limits<double>::min();
    }
  }
  run.cells[0].estimator = Estimator::Splitting;
  run.cells[0].curve = {{0.1, 1e-3, 0.5e-3, 2e-3, {}, {}},
                        {0.02, 1e-200, 1e-201, 1e-199, {}, {}},
                        {0.005, 0.0, 0.0, 0.0, {}, {}, {-405.0, -406.5, -404.5}}};
  return run;
}

/// What gnuplot plots by a script, element by element, each a list of rows of numbers. Fails where gnuplot
/// prints anything.
std::vector<std::vector<std::vector<double>>> plotted(const FigureSource& source) {
  const ScratchFolder folder;
  std::ofstream(folder.path() / (source.name + ".dat")) << source.data;
  std::ofstream(folder.path() / (source.name + ".gp")) << source.script;
  EXPECT_EQ(Gnuplot(folder.path(), source.name + ".gp").wait().failure, "");
  EXPECT_EQ(folder.read(source.name + ".gp.log"), "");
  const std::size_t plot = source.script.find("\nplot ");
  std::ofstream(folder.path() / "table.gp")
      << source.script.substr(0, source.script.find("set terminal"))
      << "set format xy '%.9g'\nset table 'table.txt'"
      << source.script.substr(plot, source.script.find("\nset terminal", plot) - plot) << '\n';
  EXPECT_EQ(Gnuplot(folder.path(), "table.gp").wait().failure, "");
  std::vector<std::vector<std::vector<double>>> elements;
  std::istringstream lines(folder.read("table.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# Curve ") && std::isdigit(line[8]) != 0) elements.emplace_back();
    std::istringstream words(line);
    std::vector<double> row;
    for (double number = 0.0; words >> number;) row.push_back(number);
    if (!row.empty()) elements.back().push_back(row);
  }
  return elements;
}

/// The element that draws `style` and comes n-th of those.
std::size_t element_of(const FigureSource& source, const std::string& style, std::size_t n = 0) {
  const std::string plot = source.script.substr(source.script.find("\nplot "));
  std::size_t at = 0;
  for (std::size_t i = 0; i <= n; ++i) at = plot.find(style, i == 0 ? 0 : at + 1);
  EXPECT_NE(at, std::string::npos) << style;
  std::size_t elements = 0;
  for (std::size_t line = plot.find(", \\\n"); line < at; line = plot.find(", \\\n", line + 1)) ++elements;
  return elements;
}

TEST(AcceptanceFigure, DrawsRatesBelowTheDoublesWhereTheyAre) {
  SKIP_WITHOUT_GNUPLOT();
  const FigureSource source = acceptance_figure(tiny_run());
  const auto elements = plotted(source);
  const auto& medians = elements.at(element_of(source, "with linespoints"));
  ASSERT_EQ(medians.size(), 2u) << "of tolerance 0.02 at widths 5 and 10";
  EXPECT_NEAR(medians[0][0], 5.0, 1.0);
  EXPECT_NEAR(medians[0][1], std::log10(1.05e-3) - 400.0, 1e-3);
  const auto& bars = elements.at(element_of(source, "with vectors heads"));
  ASSERT_EQ(bars.size(), 4u);
  const auto first = clopper_pearson(1000, 1'000'000);
  EXPECT_NEAR(bars[0][1], std::log10(first.low) - 400.0, 1e-3);
  EXPECT_NEAR(bars[0][3], std::log10(first.high / first.low), 1e-3);
  const auto& arrows = elements.at(element_of(source, "with vectors head filled"));
  ASSERT_EQ(arrows.size(), 1u);
  EXPECT_NEAR(arrows[0][1], std::log10(clopper_pearson(0, 1'000'000).high) - 400.0, 1e-3);
  EXPECT_LT(arrows[0][3], -0.3);
  // The data have the rates, too.
  EXPECT_NE(source.data.find("\n5 0 "), std::string::npos);
  EXPECT_NE(source.script.find("10^{-403}"), std::string::npos) << source.script;
}

// A band is drawn from its lower to its upper end, at every size of the rates.
TEST(CurveFigures, DrawRatesBelowTheDoublesWhereTheyAre) {
  SKIP_WITHOUT_GNUPLOT();
  const FigureSource source = acceptance_curve_figure(tiny_run());
  const auto elements = plotted(source);
  const auto& band = elements.at(element_of(source, "with filledcurves"));
  const auto& line = elements.at(element_of(source, "with linespoints"));
  ASSERT_EQ(band.size(), 3u);
  ASSERT_EQ(line.size(), 3u);
  const std::vector<std::vector<double>> truth{{0.1, -3.0, std::log10(0.5e-3), std::log10(2e-3)},
                                               {0.02, -200, -201, -199},
                                               {0.005, -405, -406.5, -404.5}};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    EXPECT_NEAR(line[i][0], truth[i][0], 1e-6);
    EXPECT_NEAR(line[i][1], truth[i][1], 1e-3);
    EXPECT_NEAR(band[i][1], truth[i][2], 1e-3);
    EXPECT_NEAR(band[i][2], truth[i][3], 1e-3);
  }
}

// Six seeds, of which at width 10 only the first has a rate; the last one's bound is the largest.
TEST(AcceptanceFigure, SeedsWithoutARateShareAnArrowAtTheirLargestBound) {
  RunResults run = sample_run();
  run.config.num_seeds = 6;
  for (std::int64_t seed = 2; seed < 6; ++seed) {
    run.cells.push_back(run.cells[3]);
    run.cells.back().seed = seed;
  }
  run.cells.back().tolerances[1].rate_high = 1e-5;
  const FigureSource source = acceptance_figure(run);
  EXPECT_NE(source.data.find("width seed aside bound log10_bound seeds\n10 5 "), std::string::npos)
      << source.data;
  EXPECT_NE(source.data.find(" 1e-05 -5 5\n"), std::string::npos) << source.data;
  EXPECT_NE(source.script.find("arrows: largest bound of seeds without a rate"), std::string::npos);
  // Also where there are too many seeds to draw each.
  run.config.num_seeds = 100;
  EXPECT_NE(acceptance_figure(run).script.find("title 'upper bound'"), std::string::npos);
}

}  // namespace
}  // namespace gnc
