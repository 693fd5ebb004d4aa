#include "host/report/loss_panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "host/report/figure_frame.hpp"
#include "host/report/figure_panels.hpp"

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

// gnuplot takes letters for wider than they are: long entries may come closer, three of "gradient descent" to
// a row.
int legend_width(const LossPlot& plot) { return plot.longest_entry < 12 ? 0 : -2; }

std::size_t legend_rows(const LossPlot& plot) {
  // By gnuplot's measure a row holds 61 letters, and an entry takes six more than its text.
  const auto entry = static_cast<double>(plot.longest_entry) + 6.3 + legend_width(plot);
  const auto columns = static_cast<std::size_t>(std::clamp(61.0 / entry, 1.0, 3.0));
  return (plot.legend.size() + columns - 1) / columns;
}

std::string frame_of(const LossPlot& plot) {
  const int width = legend_width(plot);
  return frame_settings(plot.name) + (width == 0 ? "" : fmt::format("set key width {}\n", width));
}

constexpr const char* kLabel = "generalization loss";

std::string one_panel(const LossPlot& plot) {
  std::vector<std::string> elements = plot.legend;
  for (const DrawnLossCurve& drawn : plot.curves) append(elements, drawn.elements);
  return frame_of(plot) + title_command(plot.title) + axis_commands(plot.axis) + "set ylabel '" + kLabel +
         "'\n" + ranges_of(plot.curves).all().commands() + output_commands(plot.name, elements);
}

std::string two_panels(const LossPlot& plot) {
  const Ranges ranges = ranges_of(plot.curves);
  FigurePanel upper{ranges.comparison.linear_commands(), {}};
  FigurePanel lower{log_range_commands(ranges.descent.low, ranges.descent.high), plot.legend};
  for (const DrawnLossCurve& drawn : plot.curves) {
    append((drawn.curve.is_descent() ? lower : upper).elements, drawn.elements);
  }
  return frame_of(plot) +
         panel_commands({plot.name, plot.title, plot.axis, kLabel, upper, lower, legend_rows(plot)});
}

}  // namespace

std::string loss_script(LossPlot plot) {
  std::ranges::stable_sort(plot.curves, {}, layer);
  return has_descent_panel(plot.curves) ? two_panels(plot) : one_panel(plot);
}

}  // namespace gnc
