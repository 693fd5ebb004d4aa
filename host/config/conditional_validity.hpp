#pragma once

#include <string>

#include "host/config/checked_value.hpp"
#include "host/config/config.hpp"

namespace gnc {

/// Why estimator `conditional` does not hold at a point, as the value of a key and what it needs; empty where
/// it holds.
std::string why_not_conditional(const Config& config, const Point& point);

/// Throws UsageError where estimator `conditional` does not hold: another prior than gauss, normalised
/// end-to-end matrices, depth 1. `origin`: where the estimator was asked for.
void require_conditional(const Config& config, const ValueOrigin& origin);

}  // namespace gnc
