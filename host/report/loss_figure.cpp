#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/loss_range.hpp"
#include "host/report/point_summary.hpp"

namespace gnc {
namespace {

using LossMember = std::optional<LossSpread> PointSummary::*;

/// One curve: a method at a tolerance, on a grid also at a depth.
struct Curve {
  std::string title;
  LossMember loss = nullptr;
  double eps_train = 0.0;
  std::int64_t depth = 0;
  std::size_t colour = 0;
  std::size_t point = 0;
};

// On a grid the colour is the depth's and the point the method's. Else both are the curve's; gradient descent
// and the prior keep theirs whatever the number of tolerances.
std::vector<Curve> curves_of(const Config& config) {
  const std::vector<double> tolerances = drawn_tolerances(config);
  std::vector<Curve> curves;
  if (config.axis == SweepAxis::Grid) {
    std::set<std::int64_t> depths;
    for (const Point& point : config.points) depths.insert(point.depth);
    std::size_t colour = 0;
    for (const std::int64_t depth : depths) {
      const auto add = [&](const char* method, LossMember loss, std::size_t point) {
        curves.push_back(
            {fmt::format("{}, depth {}", method, depth), loss, tolerances.front(), depth, colour, point});
      };
      add("G&C", &PointSummary::gnc, 0);
      add("GD", &PointSummary::gd, 1);
      add("prior", &PointSummary::prior, 2);
      ++colour;
    }
    return curves;
  }
  for (std::size_t i = 0; i < tolerances.size(); ++i) {
    const std::string title =
        tolerances.size() > 1 ? fmt::format("G&C, eps {}", tolerances[i]) : std::string("G&C");
    curves.push_back({title, &PointSummary::gnc, tolerances[i], 0, tolerance_style(i), tolerance_style(i)});
  }
  const char* descent = config.gd_momentum > 0.0 ? "GD with momentum" : "gradient descent";
  curves.push_back({descent, &PointSummary::gd, tolerances.front(), 0, 1, 1});
  curves.push_back({"prior", &PointSummary::prior, tolerances.front(), 0, 2, 2});
  return curves;
}

// An infinite end of a bar leaves the frame; gnuplot would drop a point whose bar is not a number.
std::string number(double value) {
  if (std::isinf(value)) return "1e99";
  return std::isnan(value) ? "NaN" : fmt::format("{}", value);
}

}  // namespace

FigureSource loss_figure(const RunResults& run) {
  const Config& config = run.config;
  const FigureAxis axis = figure_axis(config);
  const bool grid = config.axis == SweepAxis::Grid;
  const std::vector<PointSummary> summaries = summarize_points(run);
  const std::vector<Curve> curves = curves_of(config);

  FigureSource source;
  source.name = "figure";
  source.data = "# Generalization loss over seeds. NaN: not known. 1e99: infinite.\n" + axis_comment(axis);
  const auto out = std::back_inserter(source.data);
  std::vector<std::string> elements;
  LossRange range;
  std::size_t blocks = 0;
  bool some_seeds_missing = false;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const Curve& curve = curves[i];
    std::vector<std::pair<std::int64_t, const PointSummary*>> rows;
    bool drawn = false;
    bool partial = false;
    bool known = false;
    bool accepted = false;
    for (const PointSummary& summary : summaries) {
      if (summary.eps_train != curve.eps_train || (grid && summary.depth != curve.depth)) continue;
      rows.emplace_back(axis_value(config, summary), &summary);
      known = known || summary.rate;
      accepted = accepted || summary.accepted > 0;
      const std::optional<LossSpread>& loss = summary.*curve.loss;
      if (!loss || !std::isfinite(loss->median)) continue;
      drawn = true;
      partial = partial || rests_on_some_seeds(summary, *loss);
      for (const double value : {loss->q25, loss->median, loss->q75}) range.add(value);
    }
    if (!drawn) {
      if (curve.loss == &PointSummary::gnc && known && !accepted) {
        elements.push_back(legend_entry(curve.colour, curve.point, curve.title + ": none accepted"));
      }
      continue;
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    if (blocks > 0) source.data += "\n\n";
    fmt::format_to(out, "# {}\n# {} median q25 q75 all_seeds\n", curve.title, axis.label);
    for (const auto& [x, summary] : rows) {
      constexpr double nan = std::numeric_limits<double>::quiet_NaN();
      const LossSpread loss = (summary->*curve.loss).value_or(LossSpread{{nan, nan, nan}, 0});
      const bool all_seeds = !rests_on_some_seeds(*summary, loss);
      if (x != rows.front().first) source.data += row_break(axis, x);
      fmt::format_to(out, "{} {} {} {} {}\n", axis_place(axis, x),
                     std::isinf(loss.median) ? "NaN" : number(loss.median), number(loss.q25),
                     number(loss.q75), all_seeds ? 1 : 0);
    }
    // Error bars of neighbouring curves would hide each other at the same place.
    const double places = static_cast<double>(curves.size()) - 1.0;
    const double aside = std::min(0.06, 0.5 / places) * (static_cast<double>(i) - 0.5 * places);
    elements.push_back(fmt::format(
        "'figure.dat' index {} using (shift($1, {:.2f})):2:3:4 with yerrorlines linecolor rgb '{}' "
        "linewidth 1.6 dashtype {} pointtype {} pointsize 1 title {}",
        blocks, aside, curve_colour(curve.colour), curve_dash(curve.colour), curve_point(curve.point),
        gnuplot_literal(curve.title)));
    if (partial) {
      elements.push_back(open_points(source.name, blocks, aside, curve_point(curve.point)));
      some_seeds_missing = true;
    }
    ++blocks;
  }
  if (some_seeds_missing) elements.push_back(open_points_legend());
  std::string subtitle = config.num_seeds == 1
                             ? "one seed"
                             : fmt::format("median and quartiles over {} seeds", config.num_seeds);
  subtitle += tolerances_text(config, grid ? 1 : drawn_tolerances(config).size());
  const DescentCount descents = count_descents(run);
  if (descents.diverged > 0) {
    subtitle += fmt::format(", {} of {} descents diverged", descents.diverged, descents.finished);
  }
  source.script = frame_commands(run, source.name, subtitle) + axis_commands(axis) +
                  "set ylabel 'generalization loss'\n" + range.commands() +
                  output_commands(source.name, elements);
  return source;
}

}  // namespace gnc
