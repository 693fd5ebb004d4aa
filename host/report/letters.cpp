#include "host/report/letters.hpp"

#include <algorithm>

namespace gnc {
namespace {

bool starts_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

}  // namespace

std::size_t letters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_letter));
}

std::string first_letters(const std::string& text, std::size_t count) {
  const auto end = std::ranges::find_if(text, [&](char byte) { return starts_letter(byte) && count-- == 0; });
  return {text.begin(), end};
}

std::string first_columns(const std::string& text, std::size_t columns) {
  auto end = text.begin();
  while (end != text.end()) {
    const auto next = std::find_if(end + 1, text.end(), starts_letter);
    const std::size_t width = next - end < 3 ? 1 : 2;
    if (width > columns) break;
    columns -= width;
    end = next;
  }
  return {text.begin(), end};
}

}  // namespace gnc
