#pragma once

#include <cstdint>
#include <optional>

#include "host/experiment/chunk_task.hpp"

namespace gnc {

/// Where workers get their tasks. Safe to use from several threads.
class TaskSource {
 public:
  TaskSource() = default;
  TaskSource(const TaskSource&) = delete;
  TaskSource& operator=(const TaskSource&) = delete;
  virtual ~TaskSource() = default;

  /// The next chunk, or a piece of it as large as one of `parts` equal parts. May wait for it. Nothing when
  /// all are handed out or the source was closed.
  virtual std::optional<ChunkTask> next(std::uint64_t parts) = 0;
  /// Hands out nothing more.
  virtual void close() = 0;
};

}  // namespace gnc
