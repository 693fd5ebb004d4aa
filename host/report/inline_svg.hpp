#pragma once

#include <optional>
#include <string>

namespace gnc {

/// An SVG document as a page that holds several of them can take it in: from its root element on, with
/// `prefix` before every id and every reference to one, which gnuplot calls the same in each. Absent where
/// there is no root element.
std::optional<std::string> inline_svg(const std::string& document, const std::string& prefix);

}  // namespace gnc
