#include "host/experiment/chunk_queue.hpp"

#include <algorithm>
#include <utility>

namespace gnc {

ChunkQueue::ChunkQueue(const RunPlan& plan, std::vector<CellState> states, int workers)
    : plan_(plan),
      workers_of_cell_(std::max<std::uint64_t>(
          1, static_cast<std::uint64_t>(workers) / std::max<std::size_t>(1, states.size()))) {
  for (std::size_t cell = 0; cell < states.size(); ++cell) {
    const std::uint64_t begin = plan.range(cell).begin;
    StoredQuota quota(plan.config.gnc_eps_train.size(), static_cast<std::uint64_t>(plan.config.max_stored),
                      begin);
    for (const FinishedDraws& draws : states[cell].finished) quota.add(draws);
    cells_.push_back({std::move(states[cell]), std::move(quota), 0, begin});
  }
}

std::optional<ChunkTask> ChunkQueue::next(std::uint64_t parts) {
  const std::lock_guard lock(mutex_);
  for (; !closed_ && cell_ < cells_.size(); ++cell_) {
    Cell& cell = cells_[cell_];
    const std::vector<FinishedDraws>& finished = cell.state.finished;
    while (cell.passed < finished.size() && finished[cell.passed].range.begin == cell.at) {
      cell.at = finished[cell.passed].range.end;
      ++cell.passed;
    }
    const std::uint64_t end =
        cell.passed < finished.size() ? finished[cell.passed].range.begin : plan_.range(cell_).end;
    if (cell.at == end) continue;
    // Chunks end on the grid of their size, so that those of a resumed run are as they would have been.
    const std::uint64_t size = plan_.cells[cell_].chunk_size;
    const std::uint64_t whole = std::min(end - cell.at, size - cell.at % size);
    const std::uint64_t draws = std::min(whole, piece(cell_, parts));
    ChunkTask task{cell_, {cell.at, cell.at + draws}, cell.quota.wanted()};
    auto& begun = cell.state.begun;
    for (auto at = begun.lower_bound(task.range.begin); at != begun.end() && at->first < task.range.end;) {
      task.states.insert(begun.extract(at++));
    }
    cell.at += draws;
    return task;
  }
  return std::nullopt;
}

std::uint64_t ChunkQueue::piece(std::size_t cell, std::uint64_t parts) const {
  const PlannedCell& known = plan_.cells[cell];
  if (known.plan.estimator != Estimator::Splitting)
    return std::max<std::uint64_t>(known.chunk_size / parts, 1);
  const std::uint64_t populations = std::min(known.chunk_size, plan_.range(cell).size());
  return (populations + workers_of_cell_ - 1) / workers_of_cell_;
}

void ChunkQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void ChunkQueue::finished(std::size_t cell, const FinishedDraws& draws) {
  const std::lock_guard lock(mutex_);
  cells_[cell].quota.add(draws);
}

}  // namespace gnc
