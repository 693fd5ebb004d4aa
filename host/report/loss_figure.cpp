#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "host/report/drawn_parts.hpp"
#include "host/report/figure_axis.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/loss_curves.hpp"
#include "host/report/loss_panels.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/report_names.hpp"

namespace gnc {
namespace {

/// What a curve may show at one place of the axis.
struct Row {
  std::int64_t x = 0;
  const PointSummary* summary = nullptr;
  std::optional<LossSpread> loss;

  bool shown() const { return loss && std::isfinite(loss->median); }
  bool partial() const { return loss && rests_on_some_seeds(*summary, *loss); }
};

std::vector<Row> rows_of(const Config& config, const std::vector<PointSummary>& summaries,
                         const LossCurve& curve) {
  std::vector<Row> rows;
  for (const PointSummary& summary : summaries) {
    if (summary.eps_train != curve.eps_train) continue;
    if (config.axis == SweepAxis::Grid && summary.depth != curve.depth) continue;
    rows.push_back({axis_value(config, summary), &summary, summary.*curve.loss});
  }
  std::ranges::sort(rows, {}, &Row::x);
  return rows;
}

LossRange range_of(const std::vector<Row>& rows) {
  LossRange range;
  for (const Row& row : rows) {
    if (!row.shown()) continue;
    for (const double value : {row.loss->q25, row.loss->median, row.loss->q75}) range.add(value);
  }
  return range;
}

bool none_accepted(const std::vector<Row>& rows) {
  const auto known = [](const Row& row) { return row.summary->rate.has_value(); };
  const auto accepted = [](const Row& row) { return row.summary->accepted > 0; };
  return std::ranges::any_of(rows, known) && std::ranges::none_of(rows, accepted);
}

// An infinite end of a bar leaves the frame; gnuplot would drop a point whose bar is not a number.
std::string number(double value) {
  if (std::isinf(value)) return "1e99";
  return std::isnan(value) ? "NaN" : fmt::format("{}", value);
}

std::string block_of(const FigureAxis& axis, const LossCurve& curve, const std::vector<Row>& rows) {
  std::string text = fmt::format("# {}\n# {} median q25 q75 all_seeds\n", curve.title, axis.label);
  for (const Row& row : rows) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const LossSpread loss = row.loss.value_or(LossSpread{{nan, nan, nan}, 0});
    if (row.x != rows.front().x) text += row_break(axis, row.x);
    fmt::format_to(std::back_inserter(text), "{} {} {} {} {}\n", axis_place(axis, row.x),
                   std::isinf(loss.median) ? "NaN" : number(loss.median), number(loss.q25), number(loss.q75),
                   rests_on_some_seeds(*row.summary, loss) ? 0 : 1);
  }
  return text;
}

/// The data and, curve by curve, what is plotted of it.
class LossFigure {
 public:
  LossFigure(const RunResults& run, std::vector<std::string> title) : config_(run.config) {
    plot_.name = kLossFigure;
    plot_.title = std::move(title);
    plot_.axis = figure_axis(config_);
    data_ = "# Generalization loss over seeds. NaN: not known. 1e99: infinite.\n" + axis_comment(plot_.axis);
  }

  /// `aside`: part of the axis' spacing by which the curve is moved.
  void add(const LossCurve& curve, const std::vector<Row>& rows, double aside) {
    DrawnLossCurve drawn{curve, range_of(rows), {}};
    if (drawn.range.empty()) {
      if (curve.is_gnc() && none_accepted(rows)) add_to_legend(curve, curve.title + ": none accepted");
      return;
    }
    add_to_legend(curve, curve.title);
    if (blocks_ > 0) data_ += "\n\n";
    data_ += block_of(plot_.axis, curve, rows);
    drawn.elements.push_back(
        fmt::format("{}(shift($1, {:.2f})):2:3:4 with yerrorlines linecolor rgb '{}' "
                    "linewidth 1.6 dashtype {} pointtype {} pointsize 1 notitle",
                    data_block(plot_.name, blocks_), aside, curve_colour(curve.colour),
                    curve_dash(curve.colour), curve_point(curve.point)));
    if (std::ranges::any_of(rows, [](const Row& row) { return row.shown() && row.partial(); })) {
      drawn.elements.push_back(open_points(plot_.name, blocks_, aside, curve_point(curve.point)));
      some_seeds_missing_ = true;
    }
    plot_.curves.push_back(std::move(drawn));
    ++blocks_;
  }

  FigureSource finish() {
    if (some_seeds_missing_) plot_.legend_elements.push_back(open_points_legend(plot_.legend));
    return {plot_.name, loss_script(std::move(plot_)), std::move(data_)};
  }

 private:
  void add_to_legend(const LossCurve& curve, const std::string& title) {
    plot_.legend_elements.push_back(legend_entry(plot_.legend, curve.colour, curve.point, title));
  }

  const Config& config_;
  LossPlot plot_;
  std::string data_;
  std::size_t blocks_ = 0;
  bool some_seeds_missing_ = false;
};

/// What the figure shows of the run, below its title.
std::string shown_of(const RunResults& run) {
  const Config& config = run.config;
  std::string text = config.num_seeds == 1
                         ? "one seed"
                         : fmt::format("median and quartiles over {} seeds", config.num_seeds);
  if (config.axis == SweepAxis::Grid) {
    text += tolerances_text(config, 1) + depths_text(config, kLossCurvesOfADepth);
  } else {
    text += tolerances_text(config, drawn_tolerances(config).size());
  }
  const DescentCount descents = count_descents(run);
  if (descents.diverged > 0) {
    text += fmt::format(", {} of {} descents diverged", descents.diverged, descents.finished);
  }
  return text;
}

}  // namespace

FigureSource loss_figure(const RunResults& run) {
  LossFigure figure(run, title_lines(run, shown_of(run)));
  const std::vector<PointSummary> summaries = summarize_points(run);
  const std::vector<LossCurve> curves = loss_curves(run.config);
  // Error bars of neighbouring curves would hide each other at the same place.
  const double places = static_cast<double>(curves.size()) - 1.0;
  const double step = std::min(0.06, 0.5 / places);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    figure.add(curves[i], rows_of(run.config, summaries, curves[i]),
               step * (static_cast<double>(i) - 0.5 * places));
  }
  return figure.finish();
}

}  // namespace gnc
