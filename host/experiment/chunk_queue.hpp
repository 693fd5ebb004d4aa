#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "host/experiment/cell_source.hpp"
#include "host/experiment/stored_quota.hpp"
#include "host/ledger/ledger.hpp"

namespace gnc {

/// One chunk to be drawn, or one population to be moved to the smallest tolerance.
struct ChunkTask {
  std::size_t cell = 0;
  std::uint64_t chunk = 0;
  DrawRange range;
  std::shared_ptr<const PreparedCell> prepared;
  std::size_t max_stored = 0;
  Estimator estimator = Estimator::Reject;
  std::optional<PopulationState> state;  ///< of the population, where an earlier sitting left it
};

/// Hands out the chunks that a run still lacks, cell by cell, in order. Safe to use from several threads.
class ChunkQueue {
 public:
  /// One cell's finished chunks, ascending, how many accepted draws they hold, and populations in the making
  /// by chunk.
  struct CellState {
    std::vector<std::uint64_t> finished;
    StoredQuota quota;
    std::map<std::uint64_t, PopulationState> begun;
  };

  ChunkQueue(const Ledger& ledger, const CellSource& source, std::vector<CellState> states);

  /// The next chunk; nothing when all are handed out or the queue was closed.
  std::optional<ChunkTask> next();
  /// Hands out nothing more.
  void close();
  /// Tells the queue what a finished chunk accepted, one count per tolerance.
  void finished(std::size_t cell, std::uint64_t chunk, const std::vector<std::uint64_t>& accepted);

 private:
  const Ledger& ledger_;
  const CellSource& source_;
  std::mutex mutex_;
  std::vector<CellState> states_;
  bool closed_ = false;
  std::size_t cell_ = 0;
  std::uint64_t chunk_ = 0;
  std::size_t skip_ = 0;  // position in the current cell's list of finished chunks
  std::shared_ptr<const PreparedCell> prepared_;
};

}  // namespace gnc
