#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/ledger/cell_plan.hpp"

namespace gnc {

/// Throws UsageError where a cell that `splitting` answers has a tolerance below what rounding to single
/// precision makes of the train loss of a network that fits its problem exactly, about (2^-24 max
/// |b_train|)^2: particles compute in that precision, and smaller losses of theirs are chance. `plans`: of
/// each cell, by point, then by seed; empty where the config's estimator answers all.
void require_resolved_tolerances(const Config& config, const std::vector<CellPlan>& plans,
                                 const std::optional<std::string>& problem_json);

}  // namespace gnc
