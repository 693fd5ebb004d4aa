#pragma once

#include <string>
#include <vector>

#include "host/config/overrides.hpp"

namespace gnc {

/// A line for each option of the overrides that changes nothing of what a run of this config computes,
/// because its estimator does not use it.
std::vector<std::string> unused_option_warnings(const Config& config, const Overrides& overrides);

}  // namespace gnc
