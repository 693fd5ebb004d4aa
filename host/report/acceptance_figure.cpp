#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/point_summary.hpp"

namespace gnc {
namespace {

// Beyond this many seeds their points are a smear and quartiles say more.
constexpr std::int64_t kMostSeedsShown = 64;
// An upper bound's arrow ends at half of it, and spans a twentieth of the axis or more.
constexpr double kLeastArrow = 0.5;
constexpr double kArrowShare = 0.05;

/// One curve: a tolerance, and on a grid a depth.
struct Curve {
  double eps_train = 0.0;
  std::int64_t depth = 0;
  std::string title;
};

std::vector<Curve> curves_of(const Config& config) {
  const bool grid = config.axis == SweepAxis::Grid;
  std::set<std::int64_t> depths;
  for (const Point& point : config.points) depths.insert(grid ? point.depth : 0);
  std::vector<Curve> curves;
  for (const std::int64_t depth : depths) {
    for (const double eps_train : drawn_tolerances(config)) {
      const bool several = config.gnc_eps_train.size() > 1;
      std::string title = grid      ? fmt::format("depth {}", depth)
                          : several ? fmt::format("eps {}", eps_train)
                                    : fmt::format("tolerance {}", eps_train);
      if (grid && several) title += fmt::format(", eps {}", eps_train);
      curves.push_back({eps_train, depth, std::move(title)});
    }
  }
  return curves;
}

struct RateRange {
  double low = 1.0;
  double high = 0.0;

  void add(double rate) {
    low = std::min(low, rate);
    high = std::max(high, rate);
  }
};

/// The rates of a curve's cells at one place of the axis, with what is drawn of them: intervals, and the
/// arrows of bounds.
using RatesByPlace = std::map<std::int64_t, RateRange>;

bool overlap(const RatesByPlace& a, const RatesByPlace& b) {
  return std::ranges::any_of(a, [&](const auto& entry) {
    const auto other = b.find(entry.first);
    return other != b.end() && entry.second.low <= other->second.high &&
           other->second.low <= entry.second.high;
  });
}

/// Writes the blocks of acceptance.dat and the plot elements that read them, counting blocks as it goes.
class AcceptancePlot {
 public:
  explicit AcceptancePlot(const RunResults& run)
      : run_(run), axis_(figure_axis(run.config)), summaries_(summarize_points(run)) {
    data_ = "# Acceptance rates: accepted draws over draws.\n" + axis_comment(axis_);
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
      const std::size_t style = run_.config.axis == SweepAxis::Grid ? i : tolerance_style(i);
      const char* colour = curve_colour(style);
      const double aside =
          lanes > 1 ? 0.34 * (static_cast<double>(i) / static_cast<double>(lanes - 1) - 0.5) : 0.0;
      if (run_.config.num_seeds <= kMostSeedsShown) add_seeds(curves[i], colour, aside, lanes);
      add_medians(curves[i], colour, style, aside);
    }
  }

  FigureSource finish() {
    FigureSource source;
    source.name = "acceptance";
    source.data = data_;
    const std::int64_t seeds = run_.config.num_seeds;
    std::string shown = seeds == 1                 ? "one seed with its 95 % interval"
                        : seeds <= kMostSeedsShown ? "each seed with its 95 % interval, median over seeds"
                                                   : "median and quartiles over seeds";
    if (!bound_title_.empty()) elements_.push_back(bound_title_);
    if (some_seeds_missing_) elements_.push_back(open_points_legend());
    // Of one tolerance a sweep's legend tells.
    const std::size_t tolerances = drawn_tolerances(run_.config).size();
    if (run_.config.axis == SweepAxis::Grid || tolerances > 1) {
      shown += tolerances_text(run_.config, tolerances);
    }
    source.script = frame_commands(run_, source.name, shown) + axis_commands(axis_) +
                    "set ylabel 'acceptance rate'\n" + range_commands() +
                    output_commands(source.name, elements_);
    return source;
  }

 private:
  std::string range_commands() {
    if (elements_.empty()) return "";
    const double decades = std::log10(range_.high) - std::log10(range_.low);
    const double arrow = std::min(kLeastArrow, std::pow(10.0, -kArrowShare * decades));
    if (!bound_title_.empty()) range_.low = std::min(range_.low, arrow * least_bound_);
    return fmt::format("arrow = {:.4g}\n", arrow) + log_range_commands(range_.low, range_.high, 1.0);
  }

  /// A rate of 0 has no place on the axis.
  void show(double rate) {
    if (rate > 0.0) range_.add(rate);
  }

  RatesByPlace rates_by_place(const Curve& curve) const {
    RatesByPlace rates;
    for (const CellResult& cell : run_.cells) {
      const ToleranceResult* result = find_tolerance(cell, curve.eps_train);
      if (result == nullptr || cell.drawn == 0 || !belongs(curve, cell.depth)) continue;
      RateRange& range = rates[axis_value(run_.config, cell)];
      range.add(result->has_rate() ? result->rate_low : kLeastArrow * result->rate_high);
      range.add(result->rate_high);
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

  // Seeds stand side by side, in a part of the spacing that shrinks with the number of curves.
  void add_seeds(const Curve& curve, const char* colour, double aside, std::size_t count) {
    const double room = 0.36 / static_cast<double>(count);
    const auto seeds = static_cast<double>(std::max<std::int64_t>(run_.config.num_seeds - 1, 1));
    std::string rates;
    std::string bounds;
    for (const CellResult& cell : run_.cells) {
      const ToleranceResult* result = find_tolerance(cell, curve.eps_train);
      if (result == nullptr || cell.drawn == 0 || !belongs(curve, cell.depth)) continue;
      const double place =
          run_.config.num_seeds > 1 ? room * (static_cast<double>(cell.seed) / seeds - 0.5) : 0.0;
      const std::string x = axis_place(axis_, axis_value(run_.config, cell));
      if (result->has_rate()) {
        fmt::format_to(std::back_inserter(rates), "{} {} {:.4f} {} {} {}\n", x, cell.seed, aside + place,
                       result->acceptance_rate, result->rate_low, result->rate_high);
        show(result->acceptance_rate);
        show(result->rate_low);
        show(result->rate_high);
      } else {
        fmt::format_to(std::back_inserter(bounds), "{} {} {:.4f} {}\n", x, cell.seed, aside + place,
                       result->rate_high);
        show(result->rate_high);
        least_bound_ = std::min(least_bound_, result->rate_high);
      }
    }
    if (!rates.empty()) {
      add_block(curve.title + ": each seed", rates, axis_.label + " seed aside rate low high");
      // Bars by vectors with flat heads: gnuplot clears the ground around a point with error bars, and with
      // it short bars.
      elements_.push_back(
          fmt::format("'acceptance.dat' index {} using (shift($1, $3)):(on_axis($5)):(0):($6 - on_axis($5)) "
                      "with vectors heads nofilled "
                      "size graph 0.004,90 linecolor rgb '{}' linewidth 0.7 notitle",
                      blocks_ - 1, colour));
      elements_.push_back(fmt::format(
          "'acceptance.dat' index {} using (shift($1, $3)):4 with points linecolor rgb '{}' pointtype 7 "
          "pointsize 0.4 notitle",
          blocks_ - 1, colour));
    }
    if (!bounds.empty()) {
      add_block(curve.title + ": upper bounds of seeds without an accepted draw", bounds,
                axis_.label + " seed aside bound");
      elements_.push_back(fmt::format(
          "'acceptance.dat' index {0} using (shift($1, $3)):4:(0):((arrow - 1)*$4) with vectors head "
          "filled size graph 0.012,20 "
          "linecolor rgb '{1}' linewidth 0.8 notitle",
          blocks_ - 1, colour));
      bound_title_ =
          "NaN with vectors head filled size graph 0.012,20 linecolor rgb '#444444' linewidth 0.8 title "
          "'upper bound'";
    }
  }

  void add_medians(const Curve& curve, const char* colour, std::size_t index, double aside) {
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
      if (rate.median <= 0.0) continue;
      drawn = true;
      partial = partial || !all_seeds;
      show(rate.median);
      if (bars) {
        show(rate.q25);
        show(rate.q75);
      }
    }
    if (!drawn) {
      // The legend names every curve, also one of upper bounds alone.
      if (range_.high > 0.0) {
        elements_.push_back(legend_entry(index, index, curve.title));
      }
      return;
    }
    std::ranges::sort(rows, {}, &Row::x);
    std::string text;
    for (const auto& [x, rate, all_seeds] : rows) {
      const auto positive = [](double value) {
        return value > 0.0 ? fmt::format("{}", value) : std::string("NaN");
      };
      if (!text.empty()) text += row_break(axis_, x);
      fmt::format_to(std::back_inserter(text), "{} {} {} {} {}\n", axis_place(axis_, x),
                     positive(rate.median), positive(rate.q25), positive(rate.q75), all_seeds ? 1 : 0);
    }
    add_block(curve.title + ": median over seeds", text, axis_.label + " median q25 q75 all_seeds");
    elements_.push_back(
        fmt::format("'acceptance.dat' index {} using (shift($1, {:.3f})):2{} with {} linecolor rgb '{}' "
                    "linewidth 1.6 dashtype {} pointtype {} "
                    "pointsize 0.9 title {}",
                    blocks_ - 1, aside, bars ? ":3:4" : "", bars ? "yerrorlines" : "linespoints", colour,
                    curve_dash(index), curve_point(index), gnuplot_literal(curve.title)));
    if (partial) {
      elements_.push_back(open_points("acceptance", blocks_ - 1, aside, curve_point(index)));
      some_seeds_missing_ = true;
    }
  }

  const RunResults& run_;
  FigureAxis axis_;
  std::vector<PointSummary> summaries_;
  std::string data_;
  std::vector<std::string> elements_;
  std::size_t blocks_ = 0;
  RateRange range_;
  double least_bound_ = 1.0;
  std::string bound_title_;
  bool some_seeds_missing_ = false;
};

}  // namespace

FigureSource acceptance_figure(const RunResults& run) {
  AcceptancePlot plot(run);
  plot.add(curves_of(run.config));
  return plot.finish();
}

}  // namespace gnc
