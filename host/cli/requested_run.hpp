#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/config/checked_value.hpp"
#include "host/config/config.hpp"
#include "host/config/shard.hpp"

namespace gnc {

/// What a command line asks for, complete: its experiment with its options, and the problem, where a file
/// gives one.
struct RequestedRun {
  Config config;
  std::vector<std::string> warnings;
  std::optional<std::string> problem_json;
  ValueOrigin of_tolerances;  ///< where these come from
};

/// Throws UsageError for what cannot be run, naming file or option, key, value, and what was expected.
RequestedRun requested_run(const RunCommand& command);

/// The part of the run that --shard asks for. UsageError where that is none.
std::optional<Shard> requested_shard(const RunCommand& command);

}  // namespace gnc
