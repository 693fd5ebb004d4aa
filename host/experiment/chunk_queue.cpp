#include "host/experiment/chunk_queue.hpp"

#include <utility>

namespace gnc {

ChunkQueue::ChunkQueue(const Ledger& ledger, const CellSource& source, std::vector<CellState> states)
    : ledger_(ledger), source_(source), states_(std::move(states)) {}

std::optional<ChunkTask> ChunkQueue::next() {
  const std::lock_guard lock(mutex_);
  while (!closed_ && cell_ < states_.size()) {
    CellState& state = states_[cell_];
    while (skip_ < state.finished.size() && state.finished[skip_] == chunk_) {
      ++skip_;
      ++chunk_;
    }
    if (chunk_ < ledger_.n_chunks(cell_)) {
      if (!prepared_) prepared_ = source_.prepare(cell_);
      const auto max_stored = static_cast<std::size_t>(ledger_.config().max_stored);
      ChunkTask task{cell_,
                     chunk_,
                     ledger_.chunk_range(cell_, chunk_),
                     prepared_,
                     state.quota.filled() ? 0 : max_stored,
                     ledger_.cells()[cell_].plan.estimator,
                     std::nullopt};
      if (const auto begun = state.begun.find(chunk_); begun != state.begun.end()) {
        task.state = std::move(begun->second);
        state.begun.erase(begun);
      }
      ++chunk_;
      return task;
    }
    ++cell_;
    chunk_ = 0;
    skip_ = 0;
    prepared_.reset();
  }
  return std::nullopt;
}

void ChunkQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void ChunkQueue::finished(std::size_t cell, std::uint64_t chunk, const std::vector<std::uint64_t>& accepted) {
  const std::lock_guard lock(mutex_);
  states_[cell].quota.add(chunk, accepted);
}

}  // namespace gnc
