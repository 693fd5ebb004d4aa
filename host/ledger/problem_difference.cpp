#include "host/ledger/problem_difference.hpp"

namespace gnc {
namespace {

std::string origin(const Config& config, const std::optional<std::string>& problem) {
  return problem ? "that of " + config.problem_file.value_or("a file") : "a random one for each seed";
}

}  // namespace

std::optional<ProblemDifference> problem_difference(const Config& first,
                                                    const std::optional<std::string>& first_problem,
                                                    const Config& second,
                                                    const std::optional<std::string>& second_problem) {
  if (first_problem == second_problem) return std::nullopt;
  ProblemDifference difference{origin(first, first_problem), origin(second, second_problem)};
  if (difference.first == difference.second) difference.second += " with other content";
  return difference;
}

}  // namespace gnc
