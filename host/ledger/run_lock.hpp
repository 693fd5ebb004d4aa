#pragma once

#include <filesystem>

namespace gnc {

/// Keeps other processes from writing to a run folder while this object lives (an advisory lock on
/// DIR/run.lock). A folder that was made for it is removed in the end if nothing else came into it.
class RunLock {
 public:
  /// Makes the folder if needed. UsageError if another process holds the lock, RunError if the file cannot be
  /// made.
  explicit RunLock(const std::filesystem::path& directory);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

 private:
  std::filesystem::path directory_;
  bool made_ = false;
  int descriptor_ = -1;
};

}  // namespace gnc
