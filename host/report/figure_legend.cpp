#include "host/report/figure_legend.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/report/figure_axis.hpp"
#include "host/report/letters.hpp"

namespace gnc {
namespace {

// gnuplot takes letters for wider than they are: entries may come closer by this where more then fit a row,
// three of "gradient descent".
constexpr int kCloser = -2;

}  // namespace

std::string FigureLegend::entry(const std::string& title) {
  ++entries_;
  longest_ = std::max(longest_, letters(title));
  return "title " + gnuplot_literal(title);
}

std::size_t FigureLegend::rows(double row) const {
  const std::size_t in_one = columns(row);
  return (entries_ + in_one - 1) / in_one;
}

std::string FigureLegend::commands(double row) const {
  return fmt::format(
      "set key bmargin center horizontal Left reverse noenhanced maxcols {} samplen 3 width {} height 0.8\n",
      columns(row), width(row));
}

int FigureLegend::width(double row) const { return columns(row, 0) < columns(row, kCloser) ? kCloser : 0; }

std::size_t FigureLegend::columns(double row) const { return columns(row, width(row)); }

std::size_t FigureLegend::columns(double row, int width) const {
  // By gnuplot's measure an entry takes six letters more than its text.
  const double entry = static_cast<double>(longest_) + 6.3 + width;
  return static_cast<std::size_t>(std::clamp(row / entry, 1.0, 3.0));
}

}  // namespace gnc
