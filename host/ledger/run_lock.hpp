#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/files/file_identity.hpp"

namespace gnc {

/// Keeps other processes from writing to a run folder while this object lives (an advisory lock on
/// DIR/run.lock, and where DIR/run.sqlite is a link the like beside the ledger that it leads to). A folder
/// that was made for it is removed in the end if nothing else came into it.
class RunLock {
 public:
  /// Makes the folder if needed. UsageError if another process holds the lock, RunError if the file cannot be
  /// made.
  explicit RunLock(const std::filesystem::path& directory);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();

  /// A file of the lock that is no longer the one that was locked, so that other processes are not kept out.
  std::optional<std::filesystem::path> lost() const;

 private:
  struct LockedFile {
    std::filesystem::path path;
    int descriptor;
    FileIdentity identity;
  };
  /// UsageError `in_use` where another process holds it.
  void lock(const std::filesystem::path& path, const std::string& in_use);
  void release();

  std::filesystem::path directory_;
  bool made_ = false;
  std::vector<LockedFile> files_;
};

}  // namespace gnc
