#pragma once

#include <array>
#include <string>

namespace gnc {

/// A file format of the figures, as gnuplot writes it.
struct FigureFormat {
  std::string ending;      ///< of the file's name, without the dot
  std::string terminal;    ///< arguments of gnuplot's `set terminal`
  std::string title_size;  ///< of the title's font, smaller than that of labels
  double lines = 0.0;      ///< of the labels' font that the page is high

  /// gnuplot commands, one a line: terminal and font of the title.
  std::string commands() const;
};

/// pdf, png and svg of <name>, `height` times as high as a figure of one plot.
std::array<FigureFormat, 3> figure_formats(const std::string& name, double height = 1.0);

}  // namespace gnc
