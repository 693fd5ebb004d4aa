#include "host/experiment/cell_source.hpp"

#include "host/config/json_file.hpp"
#include "host/problem/problem_file.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {

CellSource::CellSource(const Ledger& ledger) : ledger_(ledger) {
  if (const auto& text = ledger.problem_json()) {
    fixed_ = parse_problem(parse_json(*text, "problem of the run"), "problem of the run");
  }
}

Problem CellSource::problem(std::int64_t replicate) const {
  return fixed_ ? *fixed_ : random_problem(ledger_.config(), replicate);
}

std::shared_ptr<const PreparedCell> CellSource::prepare(std::size_t cell) const {
  const LedgerCell& known = ledger_.cells().at(cell);
  Config config = ledger_.config();
  config.estimator = known.plan.estimator;
  return std::make_shared<PreparedCell>(config, known.point, known.seed, problem(known.seed));
}

}  // namespace gnc
