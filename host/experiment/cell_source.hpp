#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/engine/prepared_cell.hpp"
#include "host/ledger/run_plan.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// The problem of a replicate: that of the run's problem file, or the random one. UsageError where the file's
/// text is no problem.
Problem replicate_problem(const Config& config, const std::optional<std::string>& problem_json,
                          std::int64_t replicate);

/// How many different problems a run has: that of replicate r is the one of replicate r modulo this.
std::int64_t count_problems(const Config& config, const std::optional<std::string>& problem_json);

/// Problems and prepared cells of a run, from its plan alone. Safe to use from several threads.
class CellSource {
 public:
  /// `plan` must outlive this object.
  explicit CellSource(const RunPlan& plan);

  /// See replicate_problem.
  Problem problem(std::int64_t replicate) const;
  /// The cell that was asked for last is at hand. Throws std::out_of_range for a cell the run does not have.
  std::shared_ptr<const PreparedCell> prepare(std::size_t cell) const;

 private:
  const RunPlan& plan_;
  std::optional<Problem> fixed_;
  mutable std::mutex mutex_;
  mutable std::optional<std::size_t> last_cell_;
  mutable std::shared_ptr<const PreparedCell> last_;
};

}  // namespace gnc
