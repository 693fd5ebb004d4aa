#pragma once

#include <string>
#include <vector>

#include "host/report/figure_legend.hpp"

namespace gnc {

/// A figure of one plot.
struct FigurePlot {
  std::string name;                   ///< of the data and the files
  std::vector<std::string> title;     ///< lines above it
  std::string settings;               ///< gnuplot commands of its axes
  std::vector<std::string> elements;  ///< what it plots; none: an empty frame that says so
  FigureLegend legend;                ///< of its elements
};

/// The gnuplot script: writes <name>.pdf, .png and .svg. A long title and a long legend make the page higher
/// rather than the plot lower.
std::string plot_script(const FigurePlot& plot);

}  // namespace gnc
