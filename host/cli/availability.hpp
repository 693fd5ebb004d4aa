#pragma once

#include "host/cli/commands.hpp"
#include "host/config/config.hpp"
#include "host/config/sweep.hpp"

namespace gnc {

/// Throws UsageError "... is not available yet" for what parses but cannot be run by this version.
/// `origin_of` says where the value of a config key came from.
void require_available(const Config& config, const OriginOfKey& origin_of);
void require_available(const RunCommand& run);
void require_available(const MergeCommand& merge);

}  // namespace gnc
