#include "host/report/figure_frame.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "host/report/experiment_text.hpp"
#include "host/report/figure_axis.hpp"
#include "host/report/font_text.hpp"
#include "host/report/letters.hpp"
#include "host/report/report_names.hpp"

namespace gnc {

namespace {

constexpr std::array<const char*, 7> kColours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                              "#E69F00", "#56B4E9", "#000000"};

// What fits above the plot in the title's font, which is smaller than that of labels.
constexpr std::size_t kTitleColumns = 72;

/// At most that many letters, the last of them "…" where some are left out.
std::string cut(const std::string& word, std::size_t most) {
  return letters(word) <= most ? word : first_letters(word, most - 1) + "…";
}

}  // namespace

const char* curve_colour(std::size_t index) { return kColours[index % kColours.size()]; }

int curve_dash(std::size_t index) {
  constexpr std::size_t dash_types = 5;
  return static_cast<int>(index / kColours.size() % dash_types) + 1;
}

int curve_point(std::size_t index) {
  static constexpr std::array<int, 6> kPoints{7, 5, 9, 13, 15, 11};
  return kPoints[index % kPoints.size()];
}

int curve_open_point(std::size_t index) {
  static constexpr std::array<int, 5> kPoints{6, 4, 8, 12, 14};
  return kPoints[index / kColours.size() % kPoints.size()];
}

std::string legend_entry(FigureLegend& legend, std::size_t colour, std::size_t point,
                         const std::string& title) {
  return fmt::format(
      "NaN with linespoints linecolor rgb '{}' linewidth 1.6 dashtype {} pointtype {} pointsize 0.9 {}",
      curve_colour(colour), curve_dash(colour), curve_point(point), legend.entry(title));
}

std::string data_block(std::string_view name, std::size_t block) {
  return fmt::format("'{}{}' index {} using ", name, kDataEnding, block);
}

std::string open_points(std::string_view name, std::size_t block, double aside, int point, int value_column) {
  return fmt::format(
      "{}(shift($1, {:.3f})):($5 < 1 ? ${} : NaN) with points linecolor rgb 'white' "
      "pointtype {} pointsize 0.5 notitle",
      data_block(name, block), aside, value_column, point);
}

std::string open_points_legend(FigureLegend& legend) {
  return "NaN with points linecolor rgb '#444444' linewidth 1.6 pointtype 6 pointsize 1 " +
         legend.entry("open: not all seeds");
}

std::size_t tolerance_style(std::size_t index) { return index == 0 ? 0 : index + 2; }

std::vector<std::string> wrapped(std::string text, std::size_t columns) {
  std::vector<std::string> lines;
  while (letters(text) > columns) {
    const std::string fits = first_letters(text, columns + 1);
    std::size_t end = fits.rfind(", ");
    if (end != std::string::npos) {
      ++end;
    } else {
      end = fits.rfind(' ');
      if (end == std::string::npos) end = text.find(' ');
    }
    lines.push_back(cut(text.substr(0, end), columns));
    text.erase(0, end == std::string::npos ? end : end + 1);
  }
  if (!text.empty()) lines.push_back(std::move(text));
  return lines;
}

std::string frame_settings(const std::string& name) {
  return fmt::format(
      "# Edit, then run in this folder: gnuplot {}.gp\n"
      "set encoding utf8\n"
      "set border 3 linewidth 1\n"
      "set grid ytics linetype 1 linecolor rgb '#e4e4e4' linewidth 0.6\n"
      "set errorbars 0.7\n"
      "set tics out nomirror scale 0.6\n"
      "set mytics default\n",
      name);
}

std::vector<std::string> title_lines(const RunResults& run, const std::string& shown) {
  std::string setting;
  for (const std::string& part : experiment_setting(run)) setting += (setting.empty() ? "" : ", ") + part;
  std::string state = shown;
  if (const std::string shard = shard_text(run); !shard.empty()) state += ", " + shard;
  if (!run.finished) state += " (unfinished run)";
  std::vector<std::string> lines;
  for (const std::string& text : {experiment_title(run), setting, state}) {
    const std::vector<std::string> wrapped_text = wrapped(font_text(text), kTitleColumns);
    lines.insert(lines.end(), wrapped_text.begin(), wrapped_text.end());
  }
  return lines;
}

std::string title_command(const std::vector<std::string>& lines) {
  std::string title;
  for (const std::string& line : lines) title += (title.empty() ? "" : ".\"\\n\".") + gnuplot_literal(line);
  return fmt::format("set title {} noenhanced\n", title);
}

std::string plot_command(const std::vector<std::string>& elements) {
  std::string plot = "plot ";
  for (std::size_t i = 0; i < elements.size(); ++i) plot += (i == 0 ? "" : ", \\\n     ") + elements[i];
  return plot;
}

}  // namespace gnc
