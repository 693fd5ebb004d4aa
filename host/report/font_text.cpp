#include "host/report/font_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace gnc {
namespace {

struct Range {
  std::uint32_t first, last;
};

constexpr std::array kDrawn{
    // Control characters are drawn as spaces.
    Range{0x0, 0x7f},
    // Latin and accents.
    Range{0xa0, 0x2e9},
    Range{0x300, 0x34f},
    // Greek, Cyrillic, more Latin.
    Range{0x370, 0x377},
    Range{0x37a, 0x37f},
    Range{0x384, 0x38a},
    Range{0x38c, 0x38c},
    Range{0x38e, 0x3a1},
    Range{0x3a3, 0x3ff},
    Range{0x400, 0x525},
    Range{0x1e00, 0x1efb},
    // Punctuation, small digits, currencies.
    Range{0x2010, 0x2027},
    Range{0x2030, 0x205e},
    Range{0x2070, 0x2071},
    Range{0x2074, 0x208e},
    Range{0x2090, 0x209c},
    Range{0x20a0, 0x20b5},
    // Letters, arrows and operators of mathematics.
    Range{0x2100, 0x2109},
    Range{0x210b, 0x2149},
    Range{0x2190, 0x22ff},
};

/// A character of UTF-8, or a byte that begins none.
struct Character {
  std::size_t bytes = 1;
  bool drawn = false;
};

Character first_of(std::string_view text) {
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<std::uint8_t>(text.front());
  const auto ones = static_cast<std::size_t>(std::countl_one(lead));
  const std::size_t bytes = ones == 0 ? 1 : ones;
  if (ones == 1 || bytes >= least.size() || bytes > text.size()) return {};
  std::uint32_t code = ones == 0 ? lead : lead & (0x7fU >> ones);
  for (const char letter : text.substr(1, bytes - 1)) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if ((byte & 0xc0U) != 0x80U) return {};
    code = code << 6U | (byte & 0x3fU);
  }
  if (code < least[bytes]) return {};
  return {bytes, std::ranges::any_of(
                     kDrawn, [&](const Range& range) { return range.first <= code && code <= range.last; })};
}

}  // namespace

std::string font_text(std::string_view text) {
  std::string drawn;
  while (!text.empty()) {
    const Character character = first_of(text);
    drawn += character.drawn ? text.substr(0, character.bytes) : "?";
    text.remove_prefix(character.bytes);
  }
  return drawn;
}

}  // namespace gnc
