#pragma once

#include <string>
#include <vector>

#include "host/report/figure_axis.hpp"
#include "host/report/figure_legend.hpp"
#include "host/report/loss_curves.hpp"
#include "host/report/loss_range.hpp"

namespace gnc {

/// A curve of the loss figure that has values.
struct DrawnLossCurve {
  LossCurve curve;
  LossRange range;
  std::vector<std::string> elements;  ///< gnuplot plots these, without titles
};

/// What the loss figure shows.
struct LossPlot {
  std::string name;                ///< of the data and the files
  std::vector<std::string> title;  ///< lines
  FigureAxis axis;
  std::vector<DrawnLossCurve> curves;
  FigureLegend legend;
  std::vector<std::string> legend_elements;  ///< its entries, plot elements that draw nothing
};

/// The gnuplot script: one plot, or two where a linear axis shows G&C and the prior, but not gradient descent
/// too, which then has a logarithmic one below. G&C lies over gradient descent, and that over the prior.
std::string loss_script(LossPlot plot);

}  // namespace gnc
