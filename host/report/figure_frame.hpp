#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "host/report/figure_legend.hpp"
#include "host/report/run_results.hpp"

namespace gnc {

/// Colour of a curve: Okabe & Ito's palette, distinguishable with every common colour vision.
const char* curve_colour(std::size_t index);

/// gnuplot dash type of a curve: another one each time the colours repeat.
int curve_dash(std::size_t index);

/// Filled gnuplot point type of a curve.
int curve_point(std::size_t index);

/// Open gnuplot point type of what has no line: another one each time the colours repeat.
int curve_open_point(std::size_t index);

/// A plot element that names a curve in the legend and draws nothing.
std::string legend_entry(FigureLegend& legend, std::size_t colour, std::size_t point,
                         const std::string& title);

/// What a plot element begins with that draws a block of <name>.dat; columns follow.
std::string data_block(std::string_view name, std::size_t block);

/// Opens the points of a block of <name>.dat whose fifth column is 0: white over them. The first column is
/// the place, and `value_column` what is drawn.
std::string open_points(std::string_view name, std::size_t block, double aside, int point,
                        int value_column = 2);

/// What such points mean, for the legend.
std::string open_points_legend(FigureLegend& legend);

/// Index of the colour and point of the i-th drawn tolerance; 1 and 2 are those of gradient descent and the
/// prior.
std::size_t tolerance_style(std::size_t index);

/// What every figure's script starts with: borders and grid.
std::string frame_settings(const std::string& name);

/// The lines of a figure's title: the experiment, its setting, what the figure shows of it, and whether that
/// is a shard or unfinished; what fonts may lack is "?".
std::vector<std::string> title_lines(const RunResults& run, const std::string& shown);

/// The gnuplot command that sets them.
std::string title_command(const std::vector<std::string>& lines);

/// The text in lines of at most `columns` letters (of UTF-8), broken behind a comma or else at a space; a
/// longer word is cut.
std::vector<std::string> wrapped(std::string text, std::size_t columns);

/// The plot command over `elements`, at least one.
std::string plot_command(const std::vector<std::string>& elements);

}  // namespace gnc
