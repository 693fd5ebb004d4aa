#pragma once

#include <optional>
#include <string>

#include "host/config/config.hpp"

namespace gnc {

/// Where the problems of two runs come from, in words that follow "the problem is".
struct ProblemDifference {
  std::string first, second;
};

/// How two runs differ in what their problem files hold, wherever these lie; nothing where they do not. Each
/// run has its config and, if a file gives its problem, that problem as JSON.
std::optional<ProblemDifference> problem_difference(const Config& first,
                                                    const std::optional<std::string>& first_problem,
                                                    const Config& second,
                                                    const std::optional<std::string>& second_problem);

}  // namespace gnc
