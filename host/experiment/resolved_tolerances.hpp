#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/config/config.hpp"
#include "host/ledger/cell_plan.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// The least tolerance that an estimator answers for a problem whose Y has entries of this mean square s²
/// under the prior, a_i being the measurements and b_i their targets:
/// - `reject` and `splitting`: (2^-19 max(|b_i|, |a_i| s))². They compute in single precision, whose steps
///   there are a 32nd of the root of the tolerance. Where they are of that root's size, how many fit the
///   targets decides a rate: with one measurement it was 45 % off at a 1000th of this, 2.5 % at a tenth.
/// - `conditional` with hidden layers narrower than n_rows: 1e-10 max(|a_i| s)². Its covariances are
///   singular, and what keeps their factors exact changes the rate: by 2 % at a 50th of this, and as much
///   less as the tolerance is larger. With wider layers: 0.
double least_resolved_tolerance(const Problem& problem, Estimator estimator, const Point& point,
                                double mean_square);

/// Throws UsageError where a cell has a smaller tolerance than its estimator answers, which `origin` gave.
/// `plans`: of each cell, by point, then by seed; empty where the config's estimator answers all. A cell
/// whose estimator is not chosen yet may have any.
void require_resolved_tolerances(const Config& config, const std::vector<CellPlan>& plans,
                                 const std::optional<std::string>& problem_json, const ValueOrigin& origin);

}  // namespace gnc
