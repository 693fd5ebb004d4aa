#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

#include "host/config/names.hpp"
#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/point_summary.hpp"

namespace gnc {
namespace {

struct Method {
  const char* name;
  const char* short_name;
  std::optional<Quartiles> PointSummary::*loss;
};

constexpr std::array<Method, 3> kMethods{{{"G&C", "G&C", &PointSummary::gnc},
                                          {"gradient descent", "GD", &PointSummary::gd},
                                          {"prior", "prior", &PointSummary::prior}}};

/// The losses that are drawn: their range and the least positive one.
struct LossRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double loss) {
    if (!std::isfinite(loss)) return;
    low = std::min(low, loss);
    high = std::max(high, loss);
  }
  bool log_scale() const { return low > 0.0 && high > 15.0 * low; }
};

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

std::string range_commands(const LossRange& range) {
  if (range.log_scale()) return log_range_commands(range.low, range.high);
  const double top = range.high > 0.0 ? 1.08 * range.high : 1.0;
  return fmt::format("set yrange [0:{:.4g}]\n", top);
}

}  // namespace

std::string experiment_title(const RunResults& run) {
  const Config& config = run.config;
  std::string title = name_of(config.activation);
  if (config.axis == SweepAxis::Width && !config.points.empty()) {
    title += fmt::format(", depth {}", config.points.front().depth);
  } else if (config.axis == SweepAxis::Depth && !config.points.empty()) {
    title += fmt::format(", width {}", config.points.front().width);
  }
  return title;
}

FigureSource loss_figure(const RunResults& run) {
  const Config& config = run.config;
  const FigureAxis axis = figure_axis(config);
  const bool grid = config.axis == SweepAxis::Grid;
  const double eps_train = config.gnc_eps_train.empty() ? 0.0 : config.gnc_eps_train.front();
  std::vector<PointSummary> summaries = summarize_points(run);
  std::set<std::int64_t> depths;
  for (const Point& point : config.points) depths.insert(grid ? point.depth : 0);

  FigureSource source;
  source.name = "figure";
  source.data = "# Generalization loss over seeds. NaN: not known.\n";
  const auto out = std::back_inserter(source.data);
  std::vector<std::string> elements;
  LossRange range;
  std::size_t colour = 0;
  for (const std::int64_t depth : depths) {
    for (std::size_t i = 0; i < kMethods.size(); ++i) {
      const Method& method = kMethods[i];
      std::vector<std::pair<std::int64_t, Quartiles>> rows;
      bool drawn = false;
      for (const PointSummary& summary : summaries) {
        if (summary.eps_train != eps_train || (grid && summary.depth != depth)) continue;
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const Quartiles loss = (summary.*method.loss).value_or(Quartiles{nan, nan, nan});
        rows.emplace_back(config.axis == SweepAxis::Depth ? summary.depth : summary.width, loss);
        if (!std::isfinite(loss.median)) continue;
        drawn = true;
        for (const double value : {loss.q25, loss.median, loss.q75}) range.add(value);
      }
      if (!drawn) continue;
      std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      const std::string title = grid ? fmt::format("{}, depth {}", method.short_name, depth) : method.name;
      if (!elements.empty()) source.data += "\n\n";
      fmt::format_to(out, "# {}\n# {} median q25 q75\n", title, axis.label);
      for (const auto& [x, loss] : rows) {
        fmt::format_to(out, "{} {} {} {}\n", x, number(loss.median), number(loss.q25), number(loss.q75));
      }
      // Error bars of neighbouring curves would hide each other at the same place.
      elements.push_back(
          fmt::format("'figure.dat' index {} using (shift($1, {:.2f})):2:3:4 with yerrorlines linecolor rgb "
                      "'{}' "
                      "linewidth 1.6 pointtype {} pointsize 1 title {}",
                      elements.size(), 0.06 * (static_cast<double>(i) - 1.0), curve_colour(grid ? colour : i),
                      curve_point(i), gnuplot_literal(title)));
    }
    ++colour;
  }
  const std::string seeds = config.num_seeds == 1
                                ? "one seed"
                                : fmt::format("median and quartiles over {} seeds", config.num_seeds);
  source.script = frame_commands(source.name, experiment_title(run),
                                 fmt::format("{}, tolerance {}{}", seeds, eps_train,
                                             run.finished ? "" : " (unfinished run)")) +
                  axis_commands(axis) + "set ylabel 'generalization loss'\n" + range_commands(range) +
                  output_commands(source.name, elements);
  return source;
}

}  // namespace gnc
