#pragma once

#include <cstddef>
#include <string>

namespace gnc {

// Text in UTF-8, counted in letters: code points.

std::size_t letters(const std::string& text);

/// At most `count` of them.
std::string first_letters(const std::string& text, std::size_t count);

/// What fits into so many columns of a terminal, in which a letter of three bytes or more may be two wide.
std::string first_columns(const std::string& text, std::size_t columns);

}  // namespace gnc
