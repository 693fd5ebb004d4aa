#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/config/config.hpp"
#include "host/ledger/cell_plan.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// The least tolerance that `splitting` answers for a problem, (2^-19 max |b_train|)^2. Its particles compute
/// in single precision, of which a step there is 1/32 of the root of the tolerance. Where it is of that
/// root's size, how many steps fit the targets decides a rate: with one measurement it was 45 % off at (2^-24
/// max |b_train|)^2, 2.5 % at 100 times that, and within its errors at 1000 times.
double least_resolved_tolerance(const Problem& problem);

/// Throws UsageError where a cell that `splitting` answers has a smaller tolerance, which `origin` gave.
/// `plans`: of each cell, by point, then by seed; empty where the config's estimator answers all.
void require_resolved_tolerances(const Config& config, const std::vector<CellPlan>& plans,
                                 const std::optional<std::string>& problem_json, const ValueOrigin& origin);

}  // namespace gnc
