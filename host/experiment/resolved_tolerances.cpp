#include "host/experiment/resolved_tolerances.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "host/experiment/cell_source.hpp"

namespace gnc {

double least_resolved_tolerance(const Problem& problem) {
  const double root = std::ldexp(problem.b_train.cwiseAbs().maxCoeff(), -19);
  return root * root;
}

void require_resolved_tolerances(const Config& config, const std::vector<CellPlan>& plans,
                                 const std::optional<std::string>& problem_json, const ValueOrigin& origin) {
  const double smallest = config.gnc_eps_train.back();
  // Targets of random problems are of the ground truth's size: it takes large ones to come near this.
  if (!problem_json && smallest > 1e-10 * config.gt_norm * config.gt_norm) return;
  const auto problems = static_cast<std::size_t>(count_problems(config, problem_json));
  for (std::size_t seed = 0; seed < problems; ++seed) {
    bool splits = config.estimator == Estimator::Splitting;
    for (std::size_t cell = seed; cell < plans.size(); cell += problems) {
      splits = splits || plans[cell].estimator == Estimator::Splitting;
    }
    if (!splits) continue;
    const Problem problem = replicate_problem(config, problem_json, static_cast<std::int64_t>(seed));
    const double least = least_resolved_tolerance(problem);
    if (smallest >= least) continue;
    throw_unexpected(
        origin, fmt::format("{:g}", smallest),
        fmt::format(
            "at least {:.2g} where estimator splitting answers, which computes in single precision: "
            "below, the rates of seed {} would show the rounding of its train losses (training targets up "
            "to {:.3g})",
            least, seed, problem.b_train.cwiseAbs().maxCoeff()));
  }
}

}  // namespace gnc
