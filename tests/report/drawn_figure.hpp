#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "host/report/figure_source.hpp"
#include "host/report/gnuplot.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {

/// A plot of a figure as gnuplot has drawn it, in the SVG's points.
struct DrawnPanel {
  double left = 0.0, right = 0.0, bottom = 0.0, top = 0.0;  ///< of the frame; y grows downwards
  double low = 0.0, high = 0.0;                             ///< of the vertical axis
  bool logarithmic = false;

  bool holds(double y) const { return top - 0.01 <= y && y <= bottom + 0.01; }
  /// The value at a height within the frame.
  double value(double y) const {
    const double part = (bottom - y) / (bottom - top);
    return logarithmic ? low * std::pow(high / low, part) : low + part * (high - low);
  }
};

/// A point of a curve.
struct DrawnPoint {
  std::size_t panel = 0;
  std::string colour;  ///< "red,green,blue"
  double x = 0.0;      ///< in the SVG's points
  double value = 0.0;
};

struct DrawnFigure {
  std::vector<DrawnPanel> panels;  ///< in the order drawn
  std::vector<DrawnPoint> points;  ///< in the order drawn, without those of the legend
  std::vector<DrawnPanel> dashed;  ///< dashed lines, as the frame around each
  std::string svg;
  std::string printed;  ///< by gnuplot: warnings

  std::vector<double> values(std::size_t panel, const std::string& colour) const {
    std::vector<double> found;
    for (const DrawnPoint& point : points) {
      if (point.panel == panel && point.colour == colour) found.push_back(point.value);
    }
    return found;
  }
};

/// The script, with the place and the axis of each plot written to panels.txt.
inline std::string with_panels_told(const std::string& script) {
  std::string told;
  std::istringstream lines(script);
  bool plotting = false;
  bool logarithmic = false;  // gnuplot does not tell
  for (std::string line; std::getline(lines, line);) {
    told += line + "\n";
    const std::string word = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (word.starts_with("set logscale y")) logarithmic = true;
    if (word.starts_with("unset logscale y")) logarithmic = false;
    plotting = plotting || word.starts_with("plot ") || word == "replot";
    if (!plotting || line.ends_with("\\")) continue;
    plotting = false;
    told += fmt::format(
        "set print 'panels.txt' append\n"
        "height = GPVAL_TERM_YSIZE / real(GPVAL_TERM_SCALE)\n"
        "print GPVAL_TERM, GPVAL_TERM_XMIN, GPVAL_TERM_XMAX, height - GPVAL_TERM_YMIN, "
        "height - GPVAL_TERM_YMAX, GPVAL_Y_MIN, GPVAL_Y_MAX, {}\n"
        "set print\n",
        logarithmic ? 1 : 0);
  }
  return told;
}

/// Runs the figure's script by gnuplot and reads the SVG.
inline DrawnFigure drawn(const FigureSource& source) {
  const ScratchFolder folder;
  const std::string script = source.name + ".gp";
  std::ofstream(folder.path() / (source.name + ".dat")) << source.data;
  std::ofstream(folder.path() / script) << with_panels_told(source.script);
  EXPECT_EQ(Gnuplot(folder.path(), script).wait().failure, "");
  EXPECT_EQ(folder.read(source.name + ".pdf").substr(0, 5), "%PDF-");
  EXPECT_EQ(folder.read(source.name + ".png").substr(1, 3), "PNG");
  DrawnFigure figure;
  figure.printed = folder.read(script + ".log");
  figure.svg = folder.read(source.name + ".svg");
  std::istringstream told(folder.read("panels.txt"));
  for (std::string line; std::getline(told, line);) {
    DrawnPanel panel;
    std::string terminal;
    std::istringstream(line) >> terminal >> panel.left >> panel.right >> panel.bottom >> panel.top >>
        panel.low >> panel.high >> panel.logarithmic;
    if (terminal == "svg") figure.panels.push_back(panel);
  }
  std::istringstream svg(figure.svg);
  for (std::string line; std::getline(svg, line);) {
    DrawnPanel dash;
    if (const std::size_t at = line.find("stroke-dasharray"); at != std::string::npos) {
      std::sscanf(line.c_str() + line.find(" d='", at), " d='M%lf,%lf L%lf,%lf", &dash.left, &dash.bottom,
                  &dash.right, &dash.top);
      figure.dashed.push_back(dash);
    }
    const std::size_t at = line.find("transform='translate(");
    if (line.find("<use ") == std::string::npos || at == std::string::npos) continue;
    double x = 0.0, y = 0.0;
    int red = 0, green = 0, blue = 0;
    if (std::sscanf(line.c_str() + at, "transform='translate(%lf,%lf) scale(%*f)' color='rgb(%d,%d,%d)", &x,
                    &y, &red, &green, &blue) != 5) {
      continue;
    }
    const std::string colour = std::to_string(red) + "," + std::to_string(green) + "," + std::to_string(blue);
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
      if (figure.panels[i].holds(y)) figure.points.push_back({i, colour, x, figure.panels[i].value(y)});
    }
  }
  return figure;
}

}  // namespace gnc
