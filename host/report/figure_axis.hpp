#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// The horizontal axis of a run's figures: the widths or, in a depth sweep, the depths.
struct FigureAxis {
  std::string label;                 ///< "width" or "depth"
  bool log2 = false;                 ///< widths are spread over more than a factor 4
  std::vector<std::int64_t> values;  ///< finite ones, ascending, without repetition
  double spacing = 1.0;              ///< smallest distance of neighbours, in log2 where `log2` is set
  /// Where the infinite width stands, beyond a break to the right of the others; absent without one.
  std::optional<double> infinity = {};
};

FigureAxis figure_axis(const Config& config);

/// The width or depth of a point, or of what has them, by which the axis orders it.
template <class Place>
std::int64_t axis_value(const Config& config, const Place& place) {
  return config.axis == SweepAxis::Depth ? place.depth : place.width;
}

/// Where a value of the axis stands, as gnuplot's data holds it.
std::string axis_place(const FigureAxis& axis, std::int64_t value);

/// What separates the row of `value` from a row before it: nothing, or the empty line that keeps gnuplot from
/// drawing a line across the break of the axis.
std::string row_break(const FigureAxis& axis, std::int64_t value);

/// A comment on the data that says where the infinite width stands; empty without one.
std::string axis_comment(const FigureAxis& axis);

/// gnuplot commands for the horizontal axis: scale_commands and, with labels, tic_commands.
std::string axis_commands(const FigureAxis& axis);

/// gnuplot commands: scale and range of the axis, its break before the infinite width, and the function
/// shift(x, part) that moves x aside by `part` of the spacing.
std::string scale_commands(const FigureAxis& axis);

/// gnuplot commands: label and tics of the axis, or tics alone, without any label.
std::string tic_commands(const FigureAxis& axis, bool labelled);

/// gnuplot commands that undo those of log_range_commands, save the range.
extern const char* const kDefaultVerticalAxis;

/// gnuplot commands for a logarithmic vertical axis with readable tics that holds [low, high], 0 < low <=
/// high.
std::string log_range_commands(double low, double high);

/// gnuplot commands for a linear vertical axis of base-10 logarithms of rates, with the tics and labels that
/// a logarithmic one of the rates would have. It holds [low, high], low <= high <= 0, and ends at 0 at the
/// latest; the function on_axis(y) lifts a y below the axis, such as minus infinity, to its lower end.
std::string log10_range_commands(double low, double high);

/// A text as a gnuplot literal that no character of it can end or expand.
std::string gnuplot_literal(const std::string& text);

}  // namespace gnc
