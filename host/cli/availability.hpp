#pragma once

#include "host/cli/commands.hpp"
#include "host/config/config.hpp"

namespace gnc {

/// Throws UsageError "... is not available yet" for what parses but cannot be run by this version.
void require_available(const Config& config);
void require_available(const RunCommand& run);
void require_available(const MergeCommand& merge);

}  // namespace gnc
