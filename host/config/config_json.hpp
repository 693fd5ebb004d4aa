#pragma once

#include <nlohmann/json.hpp>

#include "host/config/config.hpp"

namespace gnc {

/// The config in the keys `parse_config` reads; parsing it gives back an equal Config, doubles included.
nlohmann::ordered_json to_json(const Config& config);

}  // namespace gnc
