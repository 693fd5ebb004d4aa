#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/parse_config.hpp"

namespace gnc {

/// The 33 published experiments, fig1-linear, fig1-tanh, fig1-leaky-relu .. fig11-leaky-relu.
const std::vector<std::string>& preset_names();

/// A preset in the format of the published configs. Unknown name: UsageError with the nearest one.
nlohmann::ordered_json preset_json(std::string_view name);

/// One line on what the preset varies and how it differs from the base experiment.
std::string preset_description(std::string_view name);

/// The checked config of a preset. It names no explicit keys: a problem file may decide the sizes.
ParsedConfig preset_config(std::string_view name);

/// The config of `gnc run`'s argument, a preset name or a config file.
ParsedConfig preset_or_file(const std::string& argument);

}  // namespace gnc
