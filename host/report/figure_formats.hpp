#pragma once

#include <array>
#include <string>
#include <string_view>

namespace gnc {

/// Height of a usual page of one plot in lines of the labels' font, and of a line of the title in them.
constexpr double kUsualPageLines = 30.2;
constexpr double kTitleLine = 5.0 / 6.0;

/// A file format of the figures, as gnuplot writes it.
struct FigureFormat {
  std::string_view ending;  ///< of the file's name, with the dot
  std::string terminal;     ///< arguments of gnuplot's `set terminal`
  std::string title_size;   ///< of the title's font, smaller than that of labels
  double lines = 0.0;       ///< of the labels' font that the page is high

  /// gnuplot commands, one a line: terminal and font of the title.
  std::string commands() const;
};

/// pdf, png and svg of <name>, on pages that many lines high; those of svg have fewer, higher lines: the
/// usual one 26.
std::array<FigureFormat, 3> figure_formats(const std::string& name, double lines = kUsualPageLines);

}  // namespace gnc
