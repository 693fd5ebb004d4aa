#pragma once

#include <string>
#include <vector>

#include "host/report/figure_axis.hpp"
#include "host/report/figure_legend.hpp"

namespace gnc {

/// One of two plots in a figure.
struct FigurePanel {
  std::string settings;               ///< gnuplot commands of its vertical axis
  std::vector<std::string> elements;  ///< what it plots, at least one
};

/// Two plots, one above the other, over one horizontal axis.
struct StackedPanels {
  std::string name;                ///< of the data and the files
  std::vector<std::string> title;  ///< lines above the upper panel
  FigureAxis axis;                 ///< labelled below the lower panel
  std::string y_label;             ///< of both panels
  FigurePanel upper;
  FigurePanel lower;    ///< its elements name those of both panels in the legend below it
  FigureLegend legend;  ///< of both panels
};

/// The gnuplot script of a figure of two panels: writes <name>.pdf, .png and .svg. Title and legend make the
/// page higher rather than the panels lower; the upper one has 62 % of the height of both.
std::string panel_script(const StackedPanels& panels);

}  // namespace gnc
