#include "host/config/nearest_name.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>

namespace gnc {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_above(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i]) == lower(b[j]); };
  for (std::size_t i = 0; i < a.size(); ++i) {
    two_above.swap(above);
    above.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({row[j] + 1, above[j + 1] + 1, above[j] + (same(i, j) ? 0 : 1)});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j))
        row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
    }
  }
  return row.back();
}

struct Nearest {
  std::string name;
  std::size_t distance = 0;
};

Nearest find_nearest(std::string_view name, const std::vector<std::string>& candidates) {
  Nearest nearest{candidates.front(), edit_distance(name, candidates.front())};
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < nearest.distance) nearest = {candidate, distance};
  }
  return nearest;
}

/// A longer name cannot be a slip of the pen, and must not cost quadratic time.
constexpr std::size_t kLongest = 200;

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  return find_nearest(name.substr(0, kLongest), candidates).name;
}

std::string nearest_hint(std::string_view what, std::string_view name,
                         const std::vector<std::string>& candidates) {
  if (name.size() > kLongest) return "";
  const Nearest nearest = find_nearest(name, candidates);
  if (nearest.distance > std::max<std::size_t>(name.size() / 3, 1)) return "";
  return fmt::format("; the nearest {} is \"{}\"", what, nearest.name);
}

}  // namespace gnc
