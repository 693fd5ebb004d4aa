#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/ledger/cell_plan.hpp"

namespace gnc {

/// What estimator `auto` takes for each cell, by point, then by seed, from short pilots on `threads` cores:
/// - `reject` where its budget of draws can be expected to accept kEnoughAccepted at the smallest tolerance:
///   by the rate of the pilot or, where that is too short to tell, by the lower end of its interval;
/// - else `conditional` where it applies and its weights vary little enough for their errors to be known: a
///   Pareto k-hat of at most kMostPilotParetoK and an effective sample size of at least kLeastPilotEss at
///   every tolerance. Its budget is kPilotMargin times the hidden draws that give P to kRelativeError by the
///   pilot;
/// - else `splitting`.
/// Pilots draw indices that no run uses, so that the estimates do not depend on them, and count draws, not
/// seconds: the choice is a function of the config alone. `problem_json`: the problem file's text, if the
/// config names one. `piloted` is told how many cells have been piloted, of how many, at first 0 and then by
/// any of the threads. Throws RunError when memory runs out, and Interrupted.
std::vector<CellPlan> choose_estimators(
    const Config& config, const std::optional<std::string>& problem_json, int threads,
    const std::function<void(std::size_t, std::size_t)>& piloted = [](std::size_t, std::size_t) {});

/// Estimators that a cell of the point may have: the config's, or what `auto` may take.
std::vector<Estimator> possible_estimators(const Config& config, const Point& point);

constexpr double kEnoughAccepted = 1e4;
constexpr double kMostPilotParetoK = 0.5;  ///< weights have a variance below it
constexpr double kLeastPilotEss = 50.0;
constexpr double kRelativeError = 0.01;
constexpr double kPilotMargin = 3.0;  ///< of hidden draws over what a pilot asks for: it misses rare weights

/// The choice in lines for the user, one for each point and estimator.
std::vector<std::string> plan_lines(const Config& config, const std::vector<CellPlan>& plans);

}  // namespace gnc
