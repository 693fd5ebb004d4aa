#include "host/cli/redrawn_text.hpp"

#include <fmt/format.h>

#include <sstream>

#include "host/report/progress.hpp"

namespace gnc {

std::string RedrawnText::show(const std::string& text, std::size_t rows, std::size_t columns) {
  std::string out = lines_ > 0 ? fmt::format("\x1b[{}A\r\x1b[J", lines_) : "";
  lines_ = 0;
  std::istringstream lines(text);
  for (std::string line; lines_ + 1 < rows && std::getline(lines, line); ++lines_) {
    out += cut_to_width(line, columns > 0 ? columns - 1 : 0) + '\n';
  }
  return out;
}

}  // namespace gnc
