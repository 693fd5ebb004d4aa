#include "host/experiment/cell_source.hpp"

#include "host/config/json_file.hpp"
#include "host/problem/problem_file.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {

Problem replicate_problem(const Config& config, const std::optional<std::string>& problem_json,
                          std::int64_t replicate) {
  return problem_json ? parse_problem(parse_json(*problem_json, "problem of the run"), "problem of the run")
                      : random_problem(config, replicate);
}

std::int64_t count_problems(const Config& config, const std::optional<std::string>& problem_json) {
  return problem_json ? 1 : config.num_seeds;
}

CellSource::CellSource(const RunPlan& plan) : plan_(plan) {
  if (plan.problem_json) fixed_ = replicate_problem(plan.config, plan.problem_json, 0);
}

Problem CellSource::problem(std::int64_t replicate) const {
  return fixed_ ? *fixed_ : random_problem(plan_.config, replicate);
}

std::shared_ptr<const PreparedCell> CellSource::prepare(std::size_t cell) const {
  const std::lock_guard lock(mutex_);
  if (last_cell_ != cell) {
    const PlannedCell& known = plan_.cells.at(cell);
    Config config = plan_.config;
    config.estimator = known.plan.estimator;
    last_ = std::make_shared<PreparedCell>(config, known.point, known.seed, problem(known.seed));
    last_cell_ = cell;
  }
  return last_;
}

}  // namespace gnc
