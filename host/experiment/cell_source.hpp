#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "host/engine/prepared_cell.hpp"
#include "host/ledger/run_plan.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// Problems and prepared cells of a run, from its plan alone. Safe to use from several threads.
class CellSource {
 public:
  /// `plan` must outlive this object.
  explicit CellSource(const RunPlan& plan);

  /// The problem of a replicate: the run's problem file, or the random one of that replicate.
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
