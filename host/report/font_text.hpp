#pragma once

#include <string>
#include <string_view>

namespace gnc {

/// A text of UTF-8 with "?" for each character that DejaVu Sans may lack, all but those of Latin, Greek and
/// Cyrillic, punctuation and common signs, and for each byte that is of no character. Where no font has a
/// character, gnuplot's PDF and PNG have black boxes as large as the page.
std::string font_text(std::string_view text);

}  // namespace gnc
