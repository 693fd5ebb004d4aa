#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// A key in which two configs differ, with its values as JSON, "none" where one has none.
struct ConfigDifference {
  std::string key;
  std::string first;
  std::string second;
};

/// The first difference in the order of the config's JSON, save for `ignored` keys and those that do not bear
/// on results: unused_keys, `chunk_size`, and what only the names of files differ in, `name` and `problem`.
std::optional<ConfigDifference> first_difference(const Config& first, const Config& second,
                                                 const std::vector<std::string_view>& ignored = {});

}  // namespace gnc
