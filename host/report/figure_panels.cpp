#include "host/report/figure_panels.hpp"

#include <fmt/format.h>

#include "host/report/figure_formats.hpp"
#include "host/report/figure_frame.hpp"

namespace gnc {
namespace {

// Heights in lines of the labels' font, as gnuplot lays out a plot.
constexpr double kPlots = 26.0;  // of both panels
constexpr double kUpperShare = 0.62;
constexpr double kGap = 1.5;  // between the panels

double title_height(const StackedPanels& panels) {
  return 2.0 + kTitleLine * static_cast<double>(panels.title.size());
}

/// Of tics, the label of the axis, and legend.
double foot_height(const StackedPanels& panels) {
  return 4.0 + static_cast<double>(panels.legend.rows(kPlotRow));
}

/// The share of the page, from below, that is the lower panel's, for a page that high.
double lower_share(const StackedPanels& panels, double page) {
  const double plots = page - title_height(panels) - kGap - foot_height(panels);
  return (foot_height(panels) + (1.0 - kUpperShare) * plots + 0.5 * kGap) / page;
}

/// The lines of a block, indented; gnuplot's loop has them between braces.
std::string indented(const std::string& lines) {
  std::string text;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    text += "  " + lines.substr(at, end - at) + "\n";
    at = end == std::string::npos ? lines.size() : end + 1;
  }
  return text;
}

}  // namespace

std::string panel_script(const StackedPanels& panels) {
  // Equal margins put the panels' axes below each other; labels at a place of the page stand likewise.
  std::string text = frame_settings(panels.name) + panels.legend.commands(kPlotRow) +
                     scale_commands(panels.axis) + "set lmargin 10\nset rmargin 2\n";
  text += fmt::format("set label 1 {} at screen 0.025, graph 0.5 center rotate\n",
                      gnuplot_literal(panels.y_label));

  std::string loop, endings;
  const double page = title_height(panels) + kPlots + kGap + foot_height(panels);
  for (const FigureFormat& format : figure_formats(panels.name, page)) {
    endings += fmt::format("{}{}", endings.empty() ? "" : " ", format.ending);
    loop += fmt::format(
        "if (ending eq '{}') {{\n{}}}\n", format.ending,
        indented(format.commands() + fmt::format("split = {:.3f}\n", lower_share(panels, format.lines))));
  }
  loop += fmt::format("set output '{}'.ending\nset multiplot\n", panels.name);
  // Each panel undoes what the other one, of the format before, has set.
  loop +=
      fmt::format("set origin 0, split\nset size 1, 1 - split\nunset tmargin\nset bmargin {}\n", 0.5 * kGap);
  loop += title_command(panels.title) + tic_commands(panels.axis, false) + kDefaultVerticalAxis +
          panels.upper.settings + plot_command(panels.upper.elements) + "\n";
  loop += fmt::format("set origin 0, 0\nset size 1, split\nset tmargin {}\nunset bmargin\n", 0.5 * kGap);
  loop += "unset title\n" + tic_commands(panels.axis, true) + kDefaultVerticalAxis + panels.lower.settings +
          plot_command(panels.lower.elements) + "\nunset multiplot\n";
  return text + fmt::format("do for [ending in '{}'] {{\n{}}}\nset output\n", endings, indented(loop));
}

}  // namespace gnc
