#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "host/config/names.hpp"
#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_source.hpp"

namespace gnc {
namespace {

/// What a figure shows of a point of a curve; nothing where it is unknown.
using ValueOf = std::optional<double> (*)(const CurveResult&);

std::optional<double> positive(double value) {
  return value > 0.0 ? std::optional<double>(value) : std::nullopt;
}

FigureSource curve_figure(const RunResults& run, const std::string& name, const std::string& y_label,
                          ValueOf value_of) {
  FigureSource source;
  source.name = name;
  source.data = fmt::format("# {} of each cell against the tolerance.\n", y_label);
  std::vector<std::string> elements;
  std::pair<double, double> x_range{INFINITY, 0.0}, y_range{INFINITY, 0.0};
  const auto extend = [](std::pair<double, double>& range, double value) {
    range = {std::min(range.first, value), std::max(range.second, value)};
  };
  std::size_t blocks = 0;
  for (std::size_t i = 0; i < run.config.points.size(); ++i) {
    const Point& point = run.config.points[i];
    bool titled = false;
    for (const CellResult& cell : run.cells) {
      if (cell.width != point.width || cell.depth != point.depth) continue;
      std::string rows;
      for (const CurveResult& at : cell.curve) {
        const std::optional<double> value = value_of(at);
        if (!value) continue;
        fmt::format_to(std::back_inserter(rows), "{} {}\n", at.eps_train, *value);
        extend(x_range, at.eps_train);
        extend(y_range, *value);
      }
      if (rows.empty()) continue;
      const std::string title = fmt::format("width {}, depth {}", width_name(point.width), point.depth);
      source.data += fmt::format("{}# {}, seed {}\n# eps_train value\n{}", blocks > 0 ? "\n\n" : "", title,
                                 cell.seed, rows);
      elements.push_back(fmt::format(
          "'{}.dat' index {} using 1:2 with lines linecolor rgb '{}' linewidth 1.2 dashtype {} {}", name,
          blocks, curve_colour(i), curve_dash(i),
          titled ? std::string("notitle") : "title " + gnuplot_literal(title)));
      titled = true;
      ++blocks;
    }
  }
  const std::string subtitle = run.config.num_seeds == 1 ? "one seed" : "a line for each seed";
  source.script = frame_commands(name, experiment_title(run), subtitle);
  if (!elements.empty()) {
    source.script += fmt::format("set logscale x 10\nset xrange [{:.4g}:{:.4g}]\nset format x '10^{{%L}}'\n",
                                 x_range.first / 1.2, x_range.second * 1.2);
    source.script += log_range_commands(y_range.first, y_range.second);
  }
  source.script += fmt::format("set xlabel 'tolerance on the train loss'\nset ylabel '{}'\n", y_label);
  source.script += output_commands(name, elements);
  return source;
}

}  // namespace

FigureSource acceptance_curve_figure(const RunResults& run) {
  return curve_figure(run, "curves", "acceptance rate",
                      [](const CurveResult& point) { return positive(point.acceptance_rate); });
}

FigureSource loss_curve_figure(const RunResults& run) {
  return curve_figure(run, "curves_gen", "generalization loss",
                      [](const CurveResult& point) { return positive(point.gnc_gen.value_or(0.0)); });
}

}  // namespace gnc
