#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "host/config/names.hpp"
#include "host/report/drawn_parts.hpp"
#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_plot.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/log_range.hpp"
#include "host/report/loss_range.hpp"
#include "host/report/report_names.hpp"
#include "host/statistics/student_t.hpp"

namespace gnc {
namespace {

constexpr int kCross = 2;  // gnuplot's point type

/// A value at a tolerance with its 95 % interval, NaN where that is unknown; of a rate the logarithms.
struct ShownPoint {
  double eps_train = 0.0;
  double value = 0.0;
  double low = 0.0, high = 0.0;
  std::string rates{};  ///< of a rate: it and its interval, as columns

  bool has_interval() const { return !std::isnan(low); }
};

/// Nothing where the rate is an upper bound.
std::optional<ShownPoint> shown_rate(const CellResult&, const CurveResult& result) {
  if (!result.has_rate()) return std::nullopt;
  return ShownPoint{result.eps_train, result.rate().log10, result.low().log10, result.high().log10,
                    fmt::format(" {} {} {}", result.acceptance_rate, result.rate_low, result.rate_high)};
}

std::optional<ShownPoint> shown_loss(const CellResult& cell, const CurveResult& result) {
  if (!result.gnc_gen) return std::nullopt;
  const double degrees = cell.estimator == Estimator::Splitting
                             ? std::max(1.0, static_cast<double>(cell.populations) - 1.0)
                             : std::numeric_limits<double>::infinity();
  const double half =
      student_half_width(degrees) * result.gnc_gen_se.value_or(std::numeric_limits<double>::quiet_NaN());
  return ShownPoint{result.eps_train, *result.gnc_gen, *result.gnc_gen - half, *result.gnc_gen + half};
}

using Show = std::optional<ShownPoint> (*)(const CellResult&, const CurveResult&);

/// What a cell shows: its curve, or without one its results at the run's tolerances.
std::vector<ShownPoint> shown_points(const CellResult& cell, Show show) {
  std::vector<ShownPoint> points;
  const auto add = [&](const auto& results) {
    for (const CurveResult& result : results) {
      if (const auto point = show(cell, result)) points.push_back(*point);
    }
  };
  if (cell.curve.empty()) {
    add(cell.tolerances);
  } else {
    add(cell.curve);
  }
  return points;
}

/// Legend of a point of the sweep: what varies.
std::string point_title(const Config& config, const Point& point) {
  if (config.axis == SweepAxis::Width) return fmt::format("width {}", width_name(point.width));
  if (config.axis == SweepAxis::Depth) return fmt::format("depth {}", point.depth);
  return fmt::format("width {}, depth {}", width_name(point.width), point.depth);
}

/// A logarithmic axis of tolerances from `low` to `high`.
std::string tolerance_axis_commands(double low, double high) {
  std::string text = fmt::format("set logscale x 10\nset xrange [{:.4g}:{:.4g}]\nset format x '10^{{%L}}'\n",
                                 low / 1.2, high * 1.2);
  if (high > 200.0 * low) return text;
  // The powers of ten alone would leave a label or two.
  text += "unset mxtics\nset xtics (";
  std::string separator;
  for (int power = static_cast<int>(std::floor(std::log10(low))) - 1; power <= std::ceil(std::log10(high));
       ++power) {
    for (const int digit : {1, 2, 5}) {
      text += fmt::format("{0}'{1:g}' {1:g}", separator, digit * std::pow(10.0, power));
      separator = ", ";
    }
  }
  return text + ")\n";
}

FigureSource curve_figure(const RunResults& run, std::string_view name, const std::string& y_label,
                          bool rates, Show show) {
  FigureSource source;
  source.name = name;
  source.data = fmt::format("# {} of each cell against the tolerance.{}\n", y_label,
                            rates ? " Logarithms of 0 are -inf." : "");
  std::vector<std::string> bands, lines;
  FigureLegend legend;
  double least_eps = std::numeric_limits<double>::infinity(), largest_eps = 0.0;
  LossRange range;
  LogRange log_range;
  std::size_t blocks = 0;
  bool lone_points = false, without_interval = false;
  // Columns of the value and its interval. That of a rate may reach down to 0, which has no place on the
  // axis.
  const int value_column = rates ? 5 : 2;
  const int low_column = value_column + 1, high_column = value_column + 2;
  const std::string low = rates ? fmt::format("on_axis(${})", low_column) : fmt::format("${}", low_column);
  const std::vector<Point> points = drawn_points(run.config);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point& point = points[i];
    bool titled = false;
    for (const CellResult& cell : run.cells) {
      if (cell.width != point.width || cell.depth != point.depth) continue;
      const std::vector<ShownPoint> shown = shown_points(cell, show);
      if (shown.empty()) continue;
      const bool some_known = std::ranges::any_of(shown, &ShownPoint::has_interval);
      const bool all_known = std::ranges::all_of(shown, &ShownPoint::has_interval);
      without_interval |= !all_known;
      source.data += fmt::format("{}# width {}, depth {}, seed {}\n# eps_train {}\n",
                                 blocks > 0 ? "\n\n" : "", width_name(cell.width), cell.depth, cell.seed,
                                 rates ? "rate low high log10_rate log10_low log10_high" : "value low high");
      for (const ShownPoint& at : shown) {
        fmt::format_to(std::back_inserter(source.data), "{}{} {}", at.eps_train, at.rates, at.value);
        source.data += at.has_interval() ? fmt::format(" {} {}\n", at.low, at.high) : " NaN NaN\n";
        least_eps = std::min(least_eps, at.eps_train);
        largest_eps = std::max(largest_eps, at.eps_train);
        if (rates) {
          log_range.add(at.value, at.low, at.high);
        } else {
          for (const double value : {at.value, at.low, at.high}) range.add(value);
        }
      }
      const std::string block = data_block(name, blocks);
      std::string title = titled ? "notitle" : legend.entry(point_title(run.config, point));
      if (cell.curve.empty()) {
        lone_points = true;
        if (some_known) {
          lines.push_back(
              fmt::format("{}1:(valid({}) ? ${} : NaN):({}):{} with yerrorbars linecolor rgb '{}' "
                          "linewidth 1.2 pointtype {} pointsize 0.9 {}",
                          block, low_column, value_column, low, high_column, curve_colour(i),
                          curve_open_point(i), std::exchange(title, "notitle")));
        }
        if (!all_known) {
          for (const int mark : {curve_open_point(i), kCross}) {
            lines.push_back(fmt::format(
                "{}1:(valid({}) ? NaN : ${}) with points linecolor rgb '{}' "
                "linewidth 1.2 pointtype {} pointsize 0.9 {}",
                block, low_column, value_column, curve_colour(i), mark, std::exchange(title, "notitle")));
          }
        }
      } else {
        if (some_known) {
          bands.push_back(
              fmt::format("{}1:({}):{} with filledcurves fillcolor rgb '{}' fillstyle "
                          "transparent solid 0.2 noborder notitle",
                          block, low, high_column, curve_colour(i)));
        }
        lines.push_back(
            fmt::format("{}1:{} with linespoints linecolor rgb '{}' linewidth 1.2 dashtype {} "
                        "pointtype 7 pointsize 0.3 {}",
                        block, value_column, curve_colour(i), curve_dash(i), title));
      }
      titled = true;
      ++blocks;
    }
  }
  std::string subtitle = run.config.num_seeds == 1 ? "one seed" : "each seed";
  subtitle +=
      lone_points ? ": splitting as lines, others as open points, 95 % intervals" : " with its 95 % interval";
  if (without_interval) {
    subtitle += lone_points ? " where they are known, else crossed" : " where it is known";
  }
  subtitle += points_text(run.config);
  std::string settings;
  if (!lines.empty()) {
    settings += tolerance_axis_commands(least_eps, largest_eps);
    settings += rates ? log10_range_commands(log_range.low, log_range.high) : range.commands();
  }
  settings += fmt::format("set xlabel 'tolerance on the train loss'\nset ylabel '{}'\n", y_label);
  bands.insert(bands.end(), lines.begin(), lines.end());
  source.script = plot_script({source.name, title_lines(run, subtitle), settings, bands, legend});
  return source;
}

}  // namespace

FigureSource acceptance_curve_figure(const RunResults& run) {
  return curve_figure(run, kAcceptanceCurves, "acceptance rate", true, shown_rate);
}

FigureSource loss_curve_figure(const RunResults& run) {
  return curve_figure(run, kLossCurves, "generalization loss", false, shown_loss);
}

}  // namespace gnc
