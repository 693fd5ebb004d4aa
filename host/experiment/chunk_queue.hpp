#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "host/experiment/stored_quota.hpp"
#include "host/experiment/task_source.hpp"
#include "host/ledger/ledger.hpp"

namespace gnc {

/// Hands out the chunks that a run still lacks, cell by cell, in order.
class ChunkQueue final : public TaskSource {
 public:
  /// What of a cell is finished, by range, and its populations in the making, by number.
  struct CellState {
    std::vector<FinishedDraws> finished;
    std::map<std::uint64_t, PopulationState> begun;
  };

  /// `plan` must outlive this object. `states`: one for each cell. Where there are more of the run's
  /// `workers` than cells, those share the populations of a cell.
  ChunkQueue(const RunPlan& plan, std::vector<CellState> states, int workers = 1);

  std::optional<ChunkTask> next(std::uint64_t parts = 1) override;
  void close() override;
  /// Tells the queue what finished draws accepted, one count per tolerance.
  void finished(std::size_t cell, const FinishedDraws& draws);

 private:
  struct Cell {
    CellState state;
    StoredQuota quota;
    std::size_t passed = 0;  // finished ranges that lie before the next chunk
    std::uint64_t at = 0;    // where the next chunk may begin
  };

  /// Draws of a piece of the cell's chunks; see next.
  std::uint64_t piece(std::size_t cell, std::uint64_t parts) const;

  const RunPlan& plan_;
  std::uint64_t workers_of_cell_;
  std::mutex mutex_;
  std::vector<Cell> cells_;
  bool closed_ = false;
  std::size_t cell_ = 0;
};

}  // namespace gnc
