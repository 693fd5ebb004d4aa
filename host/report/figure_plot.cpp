#include "host/report/figure_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "host/report/figure_formats.hpp"
#include "host/report/figure_frame.hpp"

namespace gnc {
namespace {

// What a page of the usual height has room for.
constexpr std::size_t kTitleLines = 4;
constexpr std::size_t kLegendRows = 2;

double page_lines(const FigurePlot& plot) {
  const std::size_t title = std::max(plot.title.size(), kTitleLines) - kTitleLines;
  const std::size_t rows = std::max(plot.legend.rows(kPageRow), kLegendRows) - kLegendRows;
  return kUsualPageLines + kTitleLine * static_cast<double>(title) + static_cast<double>(rows);
}

}  // namespace

std::string plot_script(const FigurePlot& plot) {
  std::string text =
      frame_settings(plot.name) + plot.legend.commands(kPageRow) + title_command(plot.title) + plot.settings;
  std::string command = "plot -1 notitle";
  if (plot.elements.empty()) {
    text += "set label 'no values yet' at graph 0.5, 0.5 center\nunset logscale y\nset yrange [0:1]\n";
  } else {
    command = plot_command(plot.elements);
  }
  for (const FigureFormat& format : figure_formats(plot.name, page_lines(plot))) {
    text += fmt::format("{}set output '{}{}'\n{}\n", format.commands(), plot.name, format.ending,
                        std::exchange(command, "replot"));
  }
  return text + "set output\n";
}

}  // namespace gnc
