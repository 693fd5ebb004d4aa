#pragma once

#include <string_view>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// The keys of a config, as its JSON names them, without any effect on a run of it: those read for the sake
/// of published files, and those that its activation, estimator or other settings do not use.
std::vector<std::string_view> unused_keys(const Config& config);

/// Whether unused_keys holds the key.
bool is_unused(const Config& config, std::string_view key);

}  // namespace gnc
