#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "host/config/config.hpp"

namespace gnc {

/// The config in the keys `parse_config` reads; parsing it gives back an equal Config, doubles included.
nlohmann::ordered_json to_json(const Config& config);

/// A width as configs and results hold it: a number, "inf" for kInfiniteWidth.
nlohmann::ordered_json width_json(std::int64_t width);

}  // namespace gnc
