#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gnc {

/// The candidate with the smallest distance to `name`, the first one where several tie: insertions,
/// deletions, replacements and swaps of neighbours, letter case ignored. `candidates` must not be empty.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// `; the nearest <what> is "<candidate>"` for the end of a message; nothing where `name` is no slip of the
/// pen: its distance is more than a third of its length, and more than 1.
std::string nearest_hint(std::string_view what, std::string_view name,
                         const std::vector<std::string>& candidates);

}  // namespace gnc
