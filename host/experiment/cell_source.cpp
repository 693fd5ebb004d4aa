#include "host/experiment/cell_source.hpp"

#include "host/config/json_file.hpp"
#include "host/problem/problem_file.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {

CellSource::CellSource(const RunPlan& plan) : plan_(plan) {
  if (plan.problem_json) {
    fixed_ = parse_problem(parse_json(*plan.problem_json, "problem of the run"), "problem of the run");
  }
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
