#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace gnc {

/// A name for a row of a table of tests, from the text the row is about: its number, letters and digits, the
/// rest as underscores.
inline std::string test_name(std::size_t row, std::string_view text) {
  std::string name = std::to_string(row);
  if (name.size() < 2) name.insert(0, 1, '0');
  bool gap = true;
  for (const char letter : text) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) {
      gap = true;
      continue;
    }
    if (gap) name += '_';
    gap = false;
    name += letter;
  }
  return name.substr(0, 80);
}

/// The words with blanks between them.
inline std::string joined(const std::vector<const char*>& words) {
  std::string text;
  for (const char* word : words) text += std::string(text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace gnc
