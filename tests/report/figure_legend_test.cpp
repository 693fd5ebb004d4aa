#include "host/report/figure_legend.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "host/report/figure_formats.hpp"
#include "host/report/gnuplot.hpp"
#include "tests/report/needs_gnuplot.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// Rows in which gnuplot lays out such a legend, by the heights at which its texts stand in the SVG.
std::size_t drawn_rows(std::size_t entries, std::size_t letters, double row) {
  const ScratchFolder folder;
  FigureLegend legend;
  std::string plot;
  for (std::size_t i = 0; i < entries; ++i) {
    plot += (i == 0 ? "plot " : ", ") + ("NaN with linespoints " + legend.entry(std::string(letters, 'n')));
  }
  std::ofstream(folder.path() / "legend.gp")
      << legend.commands(row) << (row == kPlotRow ? "set lmargin 10\nset rmargin 2\n" : "")
      << figure_formats("legend", 80.0)[2].commands()
      << "set yrange [0:1]\nset ylabel 'rate'\nset output 'legend.svg'\n"
      << plot << '\n';
  EXPECT_EQ(Gnuplot(folder.path(), "legend.gp").wait().failure, "");
  std::istringstream lines(folder.read("legend.svg"));
  std::set<double> heights;
  double y = 0.0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("<text>" + std::string(letters, 'n') + "<") != std::string::npos) heights.insert(y);
    std::sscanf(line.c_str(), " <g transform=\"translate(%*f,%lf)", &y);
  }
  EXPECT_EQ(legend.rows(row), heights.size()) << letters << " letters, row of " << row;
  return heights.size();
}

TEST(FigureLegend, HasTheRowsThatGnuplotDraws) {
  SKIP_WITHOUT_GNUPLOT();
  for (const double row : {kPageRow, kPlotRow}) {
    std::set<std::size_t> rows;
    for (const std::size_t letters : {1, 11, 12, 14, 15, 16, 17, 18, 19, 20, 25, 26, 27, 30, 31, 40}) {
      rows.insert(drawn_rows(12, letters, row));
    }
    EXPECT_EQ(rows, (std::set<std::size_t>{4, 6, 12})) << "three, two and one to a row";
    EXPECT_EQ(drawn_rows(1, 5, row), 1u);
    EXPECT_EQ(drawn_rows(31, 5, row), 11u);
  }
  EXPECT_EQ(FigureLegend().rows(kPageRow), 0u);
}

}  // namespace
}  // namespace gnc
