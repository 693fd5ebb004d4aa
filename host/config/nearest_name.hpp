#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gnc {

/// The candidate with the smallest edit distance (Levenshtein, letter case ignored) to `name`; the first one
/// where several tie. `candidates` must not be empty.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace gnc
