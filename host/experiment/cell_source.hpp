#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "host/engine/prepared_cell.hpp"
#include "host/ledger/ledger.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// Problems and prepared cells of a run, from its ledger alone.
class CellSource {
 public:
  /// `ledger` must outlive this object.
  explicit CellSource(const Ledger& ledger);

  /// The problem of a replicate: the run's problem file, or the random one of that replicate.
  Problem problem(std::int64_t replicate) const;
  /// Throws std::out_of_range for a cell the run does not have.
  std::shared_ptr<const PreparedCell> prepare(std::size_t cell) const;

 private:
  const Ledger& ledger_;
  std::optional<Problem> fixed_;
};

}  // namespace gnc
