#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// Curves of a figure, which a legend can name and looks tell apart. Figures of runs with more show some,
/// evenly spread, and say so.
constexpr std::size_t kMostCurves = 30;

/// The tolerances that figures show: all of them, or five from the largest to the smallest where there are
/// more.
std::vector<double> drawn_tolerances(const Config& config);

/// What a figure that shows that many tolerances, the largest first, says of them: ", tolerance 0.02", and of
/// those left out ", 5 of 7 tolerances shown".
std::string tolerances_text(const Config& config, std::size_t shown);

/// The depths, ascending, of which a figure with `curves` (<= 15) for each depth shows curves.
std::vector<std::int64_t> drawn_depths(const Config& config, std::size_t curves);

/// The points, in the sweep's order, that a figure with one curve for each shows: on a grid those of some of
/// its widths and of some of its depths.
std::vector<Point> drawn_points(const Config& config);

/// What a figure of `curves` for each depth says of depths left out: ", 9 of 40 depths shown".
std::string depths_text(const Config& config, std::size_t curves);

/// What a figure of the drawn points says of the others: ", 30 of 58 widths shown".
std::string points_text(const Config& config);

}  // namespace gnc
