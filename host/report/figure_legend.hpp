#pragma once

#include <cstddef>
#include <string>

namespace gnc {

// Letters that a row of the legend holds, by gnuplot's measure: on a page of one plot, and where fixed
// margins leave it the width of a plot.
constexpr double kPageRow = 70.0;
constexpr double kPlotRow = 61.0;

/// The legend below a figure, whose rows make the page higher: every entry is made by it.
class FigureLegend {
 public:
  /// The words that title an element of a plot command.
  std::string entry(const std::string& title);

  /// Rows that it takes where one holds `row` letters.
  std::size_t rows(double row) const;

  /// The gnuplot command that lays it out in that many rows.
  std::string commands(double row) const;

 private:
  /// Letters by which entries are wider than gnuplot would have them.
  int width(double row) const;
  std::size_t columns(double row) const;
  std::size_t columns(double row, int width) const;

  std::size_t entries_ = 0;
  std::size_t longest_ = 0;  ///< entry, in letters
};

}  // namespace gnc
