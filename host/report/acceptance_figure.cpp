#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "host/report/drawn_parts.hpp"
#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_plot.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/log_range.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/report_names.hpp"
#include "host/report/tolerance_text.hpp"

namespace gnc {
namespace {

// Decades of an upper bound's arrow, which ends at half of it; it spans a twentieth of the axis or more.
constexpr double kLeastArrow = 0.30103;
constexpr double kArrowShare = 0.05;

/// gnuplot's colour, dash type and point type of a curve.
struct Look {
  const char* colour = "";
  int dash = 1;
  int point = 7;
};

/// On a grid the colour is the depth's, the dash the tolerance's and so is the point, which moves on by one
/// where the colours of depths repeat. Else colour and point are the tolerance's, as in the loss figure.
Look look_of(bool grid, std::size_t depth, std::size_t tolerance) {
  if (!grid) {
    const std::size_t style = tolerance_style(tolerance);
    return {curve_colour(style), 1, curve_point(style)};
  }
  const auto colours_used_up = static_cast<std::size_t>(curve_dash(depth) - 1);
  return {curve_colour(depth), static_cast<int>(tolerance) + 1, curve_point(tolerance + colours_used_up)};
}

/// One curve: a tolerance, and on a grid a depth.
struct Curve {
  double eps_train = 0.0;
  std::int64_t depth = 0;
  std::string title;
  Look look{};
};

std::vector<Curve> curves_of(const Config& config) {
  const bool grid = config.axis == SweepAxis::Grid;
  const std::vector<double> tolerances = drawn_tolerances(config);
  const ToleranceText text(config.gnc_eps_train);
  std::vector<std::int64_t> depths{0};
  if (grid) depths = drawn_depths(config, tolerances.size());
  std::vector<Curve> curves;
  std::size_t colour = 0;
  for (const std::int64_t depth : depths) {
    for (std::size_t t = 0; t < tolerances.size(); ++t) {
      const double eps_train = tolerances[t];
      const bool several = config.gnc_eps_train.size() > 1;
      std::string title = grid      ? fmt::format("depth {}", depth)
                          : several ? "eps " + text(eps_train)
                                    : "tolerance " + text(eps_train);
      if (grid && several) title += ", eps " + text(eps_train);
      curves.push_back({eps_train, depth, std::move(title), look_of(grid, colour, t)});
    }
    ++colour;
  }
  return curves;
}

/// What is drawn of a curve's rates at one place of the axis, their intervals and the arrow of bounds: where
/// it begins and ends.
using RatesByPlace = std::map<std::int64_t, LogRange>;

bool overlap(const RatesByPlace& a, const RatesByPlace& b) {
  return std::ranges::any_of(a, [&](const auto& entry) {
    const auto other = b.find(entry.first);
    return other != b.end() && entry.second.low <= other->second.high &&
           other->second.low <= entry.second.high;
  });
}

/// Writes the blocks of the data and the plot elements that read them, counting blocks as it goes.
class AcceptancePlot {
 public:
  explicit AcceptancePlot(const RunResults& run)
      : run_(run), axis_(figure_axis(run.config)), summaries_(summarize_points(run)) {
    data_ = "# Acceptance rates, and their base-10 logarithms (-inf: of 0).\n" + axis_comment(axis_);
  }

  /// Curves stand aside of each other only where their rates would lie on each other.
  void add(const std::vector<Curve>& curves) {
    std::vector<RatesByPlace> rates;
    rates.reserve(curves.size());
    for (const Curve& curve : curves) rates.push_back(rates_by_place(curve));
    bool apart = true;
    for (std::size_t i = 0; i < rates.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) apart = apart && !overlap(rates[i], rates[j]);
    }
    const std::size_t lanes = apart ? 1 : curves.size();
    for (std::size_t i = 0; i < curves.size(); ++i) {
      const double aside =
          lanes > 1 ? 0.34 * (static_cast<double>(i) / static_cast<double>(lanes - 1) - 0.5) : 0.0;
      if (run_.config.num_seeds <= kMostSeedsShown) add_seeds(curves[i], aside, lanes);
      add_bounds(curves[i], aside, lanes);
      add_medians(curves[i], aside);
    }
  }

  FigureSource finish() {
    FigureSource source;
    source.name = kAcceptanceFigure;
    source.data = data_;
    const std::int64_t seeds = run_.config.num_seeds;
    std::string shown = seeds == 1                 ? "one seed with its 95 % interval"
                        : seeds <= kMostSeedsShown ? "each seed with its 95 % interval, median over seeds"
                                                   : "median and quartiles over seeds";
    if (some_bounds_) {
      if (seeds > 1) shown += ", arrows: largest bound of seeds without a rate";
      elements_.push_back(
          "NaN with vectors head filled size graph 0.012,20 linecolor rgb '#444444' linewidth 0.8 " +
          legend_.entry("upper bound"));
    }
    if (some_seeds_missing_) elements_.push_back(open_points_legend(legend_));
    // Of one tolerance a sweep's legend tells.
    const std::size_t tolerances = drawn_tolerances(run_.config).size();
    if (run_.config.axis == SweepAxis::Grid || tolerances > 1) {
      shown += tolerances_text(run_.config, tolerances);
    }
    if (run_.config.axis == SweepAxis::Grid) shown += depths_text(run_.config, tolerances);
    const std::string settings = axis_commands(axis_) + "set ylabel 'acceptance rate'\n" + range_commands();
    source.script = plot_script({source.name, title_lines(run_, shown), settings, elements_, legend_});
    return source;
  }

 private:
  std::string range_commands() {
    if (elements_.empty()) return "";
    const double arrow = std::max(kLeastArrow, kArrowShare * (range_.high - range_.low));
    if (some_bounds_) range_.add(least_bound_ - arrow);
    return fmt::format("arrow = {:.4g}\n", arrow) + log10_range_commands(range_.low, range_.high);
  }

  RatesByPlace rates_by_place(const Curve& curve) const {
    RatesByPlace rates;
    for (const CellResult& cell : run_.cells) {
      const ToleranceResult* result = find_tolerance(cell, curve.eps_train);
      if (result == nullptr || cell.drawn == 0 || !belongs(curve, cell.depth)) continue;
      LogRange& range = rates[axis_value(run_.config, cell)];
      range.add(result->has_rate() ? result->low().log10 : result->high().log10 - kLeastArrow);
      range.add(result->high().log10);
    }
    return rates;
  }

  bool belongs(const Curve& curve, std::int64_t depth) const {
    return run_.config.axis != SweepAxis::Grid || depth == curve.depth;
  }

  void add_block(const std::string& comment, const std::string& rows, const std::string& columns) {
    if (blocks_ > 0) data_ += "\n\n";
    data_ += fmt::format("# {}\n# {}\n{}", comment, columns, rows);
    ++blocks_;
  }

  /// Cells that have draws, with their results at the curve's tolerance.
  std::vector<std::pair<const CellResult*, const ToleranceResult*>> results_of(const Curve& curve) const {
    std::vector<std::pair<const CellResult*, const ToleranceResult*>> results;
    for (const CellResult& cell : run_.cells) {
      const ToleranceResult* result = find_tolerance(cell, curve.eps_train);
      if (result != nullptr && cell.drawn > 0 && belongs(curve, cell.depth)) {
        results.emplace_back(&cell, result);
      }
    }
    return results;
  }

  // Seeds stand side by side, in a part of the spacing that shrinks with the number of curves.
  double seat(std::int64_t seed, std::size_t lanes) const {
    if (run_.config.num_seeds <= 1) return 0.0;
    return 0.36 / static_cast<double>(lanes) *
           (static_cast<double>(seed) / static_cast<double>(run_.config.num_seeds - 1) - 0.5);
  }

  void add_seeds(const Curve& curve, double aside, std::size_t lanes) {
    std::string rates;
    for (const auto& [cell, result] : results_of(curve)) {
      if (!result->has_rate()) continue;
      const double log10_low = result->low().log10, log10_high = result->high().log10;
      fmt::format_to(std::back_inserter(rates), "{} {} {:.4f} {} {} {} {} {} {}\n",
                     axis_place(axis_, axis_value(run_.config, *cell)), cell->seed,
                     aside + seat(cell->seed, lanes), result->acceptance_rate, result->rate_low,
                     result->rate_high, result->rate().log10, log10_low, log10_high);
      range_.add(result->rate().log10, log10_low, log10_high);
    }
    if (rates.empty()) return;
    add_block(curve.title + ": each seed", rates,
              axis_.label + " seed aside rate low high log10_rate log10_low log10_high");
    // Bars by vectors with flat heads: gnuplot clears the ground around a point with error bars, and with
    // it short bars.
    elements_.push_back(
        fmt::format("{}(shift($1, $3)):(on_axis($8)):(0):($9 - on_axis($8)) "
                    "with vectors heads nofilled "
                    "size graph 0.004,90 linecolor rgb '{}' linewidth 0.7 notitle",
                    last_block(), curve.look.colour));
    elements_.push_back(
        fmt::format("{}(shift($1, $3)):7 with points linecolor rgb '{}' pointtype {} "
                    "pointsize 0.4 notitle",
                    last_block(), curve.look.colour, curve.look.point));
  }

  // Of the seeds without a rate at one place the one with the largest bound, which holds for all of them:
  // many arrows would hide each other.
  void add_bounds(const Curve& curve, double aside, std::size_t lanes) {
    struct Bound {
      std::int64_t seed = 0;
      std::int64_t seeds = 0;
      Rate rate;
    };
    std::map<std::int64_t, Bound> bounds;
    std::map<std::int64_t, std::int64_t> others;
    for (const auto& [cell, result] : results_of(curve)) {
      const std::int64_t x = axis_value(run_.config, *cell);
      if (result->has_rate()) {
        ++others[x];
        continue;
      }
      Bound& bound = bounds[x];
      ++bound.seeds;
      if (bound.rate < result->high()) {
        bound.rate = result->high();
        bound.seed = cell->seed;
      }
    }
    if (bounds.empty()) return;
    std::string rows;
    for (const auto& [x, bound] : bounds) {
      const double place = others[x] > 0 ? seat(bound.seed, lanes) : 0.0;
      fmt::format_to(std::back_inserter(rows), "{} {} {:.4f} {} {} {}\n", axis_place(axis_, x), bound.seed,
                     aside + place, bound.rate.value, bound.rate.log10, bound.seeds);
      range_.add(bound.rate.log10);
      least_bound_ = std::min(least_bound_, bound.rate.log10);
    }
    some_bounds_ = true;
    add_block(curve.title + ": upper bounds, the largest of so many seeds without a rate", rows,
              axis_.label + " seed aside bound log10_bound seeds");
    elements_.push_back(
        fmt::format("{}(shift($1, $3)):5:(0):(-arrow) with vectors head filled "
                    "size graph 0.012,20 linecolor rgb '{}' linewidth 0.8 notitle",
                    last_block(), curve.look.colour));
  }

  void add_medians(const Curve& curve, double aside) {
    const bool bars = run_.config.num_seeds > kMostSeedsShown;
    struct Row {
      std::int64_t x = 0;
      RateSummary rate;
      bool all_seeds = true;
    };
    std::vector<Row> rows;
    bool drawn = false;
    bool partial = false;
    for (const PointSummary& summary : summaries_) {
      if (summary.eps_train != curve.eps_train || !belongs(curve, summary.depth)) continue;
      const RateSummary rate = summary.rate.value_or(RateSummary{});
      const bool all_seeds = !rests_on_some_seeds(summary, rate);
      rows.push_back({axis_value(run_.config, summary), rate, all_seeds});
      if (!rate.median.positive()) continue;
      drawn = true;
      partial = partial || !all_seeds;
      range_.add(rate.median.log10);
      for (const Rate& end : {rate.q25, rate.q75}) {
        if (bars && end.positive()) range_.add(end.log10);
      }
    }
    // The legend names every curve, also one of upper bounds alone.
    if (!drawn && elements_.empty()) return;
    const std::string line =
        fmt::format("linecolor rgb '{}' linewidth 1.6 dashtype {} pointtype {} pointsize 0.9 {}",
                    curve.look.colour, curve.look.dash, curve.look.point, legend_.entry(curve.title));
    if (!drawn) {
      elements_.push_back("NaN with linespoints " + line);
      return;
    }
    std::ranges::sort(rows, {}, &Row::x);
    std::string text;
    for (const auto& [x, rate, all_seeds] : rows) {
      const auto columns = [](auto text_of, const RateSummary& of) {
        return fmt::format("{} {} {}", text_of(of.median), text_of(of.q25), text_of(of.q75));
      };
      const auto value = [](const Rate& of) { return of.positive() ? fmt::format("{}", of.value) : "NaN"; };
      const auto log10 = [](const Rate& of) { return of.positive() ? fmt::format("{}", of.log10) : "NaN"; };
      if (!text.empty()) text += row_break(axis_, x);
      fmt::format_to(std::back_inserter(text), "{} {} {} {}\n", axis_place(axis_, x), columns(value, rate),
                     all_seeds ? 1 : 0, columns(log10, rate));
    }
    add_block(curve.title + ": median over seeds", text,
              axis_.label + " median q25 q75 all_seeds log10_median log10_q25 log10_q75");
    const std::string place = fmt::format("{}(shift($1, {:.3f}))", last_block(), aside);
    elements_.push_back(fmt::format("{}:6{} with {} {}", place, bars ? ":7:8" : "",
                                    bars ? "yerrorlines" : "linespoints", line));
    if (partial) {
      elements_.push_back(open_points(kAcceptanceFigure, blocks_ - 1, aside, curve.look.point, 6));
      some_seeds_missing_ = true;
    }
  }

  std::string last_block() const { return data_block(kAcceptanceFigure, blocks_ - 1); }

  const RunResults& run_;
  FigureAxis axis_;
  std::vector<PointSummary> summaries_;
  std::string data_;
  std::vector<std::string> elements_;
  FigureLegend legend_;
  std::size_t blocks_ = 0;
  LogRange range_;
  double least_bound_ = 0.0;
  bool some_bounds_ = false;
  bool some_seeds_missing_ = false;
};

}  // namespace

FigureSource acceptance_figure(const RunResults& run) {
  AcceptancePlot plot(run);
  plot.add(curves_of(run.config));
  return plot.finish();
}

}  // namespace gnc
