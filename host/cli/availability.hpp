#pragma once

#include "host/config/config.hpp"
#include "host/config/sweep.hpp"

namespace gnc {

/// Throws UsageError for settings that are each valid but cannot be run together. `origin_of` says where the
/// value of a config key came from.
void require_available(const Config& config, const OriginOfKey& origin_of);

}  // namespace gnc
