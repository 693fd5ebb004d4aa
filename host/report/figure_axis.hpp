#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// The horizontal axis of a run's figures: the widths or, in a depth sweep, the depths.
struct FigureAxis {
  std::string label;                 ///< "width" or "depth"
  bool log2 = false;                 ///< widths are spread over more than a factor 4
  std::vector<std::int64_t> values;  ///< ascending, without repetition
  double spacing = 1.0;              ///< smallest distance of neighbours, in log2 where `log2` is set
};

FigureAxis figure_axis(const Config& config);

/// Position of a point on the axis.
std::int64_t axis_value(const Config& config, const Point& point);

/// gnuplot commands: scale, range and tics of the axis, and the function shift(x, part) that moves x aside by
/// `part` of the spacing.
std::string axis_commands(const FigureAxis& axis);

/// gnuplot commands for a logarithmic vertical axis with readable tics that holds [low, high], 0 < low <=
/// high.
std::string log_range_commands(double low, double high);

/// The tolerances that figures show: all of them, or five from the largest to the smallest where there are
/// more.
std::vector<double> drawn_tolerances(const Config& config);

/// A text as a gnuplot literal that no character of it can end or expand.
std::string gnuplot_literal(const std::string& text);

}  // namespace gnc
