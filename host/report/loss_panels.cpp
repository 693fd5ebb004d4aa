#include "host/report/loss_panels.hpp"

#include <algorithm>
#include <utility>

#include "host/report/figure_panels.hpp"
#include "host/report/figure_plot.hpp"

namespace gnc {
namespace {

struct Ranges {
  LossRange comparison;  ///< of G&C and the prior
  LossRange descent;

  LossRange all() const {
    LossRange range = comparison;
    range.add(descent);
    return range;
  }
};

Ranges ranges_of(const std::vector<DrawnLossCurve>& curves) {
  Ranges ranges;
  for (const DrawnLossCurve& drawn : curves) {
    (drawn.curve.is_descent() ? ranges.descent : ranges.comparison).add(drawn.range);
  }
  return ranges;
}

/// Whether gradient descent has a panel of its own: where a linear axis shows G&C and the prior, but not all
/// three.
bool has_descent_panel(const std::vector<DrawnLossCurve>& curves) {
  const Ranges ranges = ranges_of(curves);
  return !ranges.comparison.empty() && ranges.comparison.linear() && !ranges.descent.empty() &&
         !ranges.all().linear();
}

/// Later ones are drawn over earlier ones.
int layer(const DrawnLossCurve& drawn) {
  return drawn.curve.is_prior() ? 0 : drawn.curve.is_descent() ? 1 : 2;
}

void append(std::vector<std::string>& elements, const std::vector<std::string>& more) {
  elements.insert(elements.end(), more.begin(), more.end());
}

constexpr const char* kLabel = "generalization loss";

std::string one_panel(const LossPlot& plot) {
  std::vector<std::string> elements = plot.legend_elements;
  for (const DrawnLossCurve& drawn : plot.curves) append(elements, drawn.elements);
  const std::string settings =
      axis_commands(plot.axis) + "set ylabel '" + kLabel + "'\n" + ranges_of(plot.curves).all().commands();
  return plot_script({plot.name, plot.title, settings, elements, plot.legend});
}

std::string two_panels(const LossPlot& plot) {
  const Ranges ranges = ranges_of(plot.curves);
  FigurePanel upper{ranges.comparison.linear_commands(), {}};
  FigurePanel lower{log_range_commands(ranges.descent.low, ranges.descent.high), plot.legend_elements};
  for (const DrawnLossCurve& drawn : plot.curves) {
    append((drawn.curve.is_descent() ? lower : upper).elements, drawn.elements);
  }
  return panel_script({plot.name, plot.title, plot.axis, kLabel, upper, lower, plot.legend});
}

}  // namespace

std::string loss_script(LossPlot plot) {
  std::ranges::stable_sort(plot.curves, {}, layer);
  return has_descent_panel(plot.curves) ? two_panels(plot) : one_panel(plot);
}

}  // namespace gnc
