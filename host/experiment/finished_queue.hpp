#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "host/experiment/finished_work.hpp"

namespace gnc {

/// What workers have finished and the thread that owns the ledger has not taken yet.
class FinishedQueue {
 public:
  /// Keeps so many waiting, at least 1.
  explicit FinishedQueue(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  /// Waits for room, unless the queue was abandoned. A population's state, which may be large, gives way to
  /// what comes of the population after it.
  void put(FinishedWork work);
  /// Nothing is put any more.
  void close();
  /// Nothing waits for room any more.
  void abandon();

  /// The next finished work, waiting for it for a while.
  std::optional<FinishedWork> take(std::chrono::milliseconds wait);
  /// It is closed, and all was taken.
  bool ended();

 private:
  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable room_;
  std::deque<FinishedWork> waiting_;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace gnc
