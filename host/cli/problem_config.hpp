#pragma once

#include "host/cli/commands.hpp"
#include "host/config/config.hpp"

namespace gnc {

/// The config whose problem `gnc problem` writes: that of --config, or the published defaults, with the
/// options in place. Values that do not fit together: UsageError naming the option.
Config problem_config(const ProblemCommand& command);

}  // namespace gnc
