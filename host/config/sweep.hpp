#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/config/config.hpp"

namespace gnc {

/// The sweep's distinct widths and depths, in its order.
std::vector<std::int64_t> sweep_widths(const Config& config);
std::vector<std::int64_t> sweep_depths(const Config& config);

/// Entries of W_1 .. W_depth together, the random numbers of one draw of law `factors`.
std::int64_t weights_per_draw(const Config& config, std::int64_t width, std::int64_t depth);

/// Names where the value of a config key came from.
using OriginOfKey = std::function<ValueOrigin(std::string_view key)>;

/// Checks what the values' own ranges do not: sizes, rank, number of measurements, weights of a draw, and
/// that names taken from files are text. Where a problem file decides the sizes, only what does not depend on
/// it is checked. Throws UsageError.
void check_combination(const Config& config, const OriginOfKey& origin_of);

}  // namespace gnc
