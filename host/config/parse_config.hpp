#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

struct ParsedConfig {
  Config config;
  std::vector<std::string> warnings;       ///< one line each, for the user
  std::vector<std::string> explicit_keys;  ///< keys the JSON object holds
};

/// Every key a config may hold: those of the published experiment configs (Alexander et al. 2025) and gnc's
/// own.
const std::vector<std::string>& config_keys();

/// Checks and completes one config. Absent keys take the published defaults. `source` is the file or preset
/// name used in messages; a relative `problem` path is taken from the folder of `source`. Throws UsageError
/// naming source, key, value and what was expected.
ParsedConfig parse_config(const nlohmann::json& json, std::string_view source);

/// Reads, parses and checks a config file.
ParsedConfig load_config(const std::filesystem::path& path);

}  // namespace gnc
