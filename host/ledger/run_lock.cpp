#include "host/ledger/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "host/errors.hpp"
#include "host/ledger/run_folder.hpp"

namespace gnc {
namespace {

std::filesystem::path lock_file(const std::filesystem::path& directory) { return directory / "run.lock"; }

/// That of a ledger which the folder has a link to in place of its own; empty where it has none.
std::filesystem::path lock_of_linked_ledger(const std::filesystem::path& directory) {
  std::error_code error;
  const std::filesystem::path link = directory / "run.sqlite";
  if (!std::filesystem::is_symlink(link, error)) return {};
  std::filesystem::path ledger = std::filesystem::canonical(link, error);
  return error ? std::filesystem::path() : ledger.replace_extension(".lock");
}

bool holds_the_lock_alone(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  if (error || entry == end(entry) || entry->path() != lock_file(directory)) return false;
  entry.increment(error);
  return !error && entry == end(entry);
}

/// A descriptor of the file, which is made if needed, with a lock on it. UsageError `in_use` where another
/// process holds it.
int open_locked(const std::filesystem::path& path, const std::string& in_use) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    throw RunError(fmt::format("{}: cannot be made: {}", path.string(), std::strerror(errno)));
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  const int reason = errno;
  ::close(descriptor);
  if (reason == EWOULDBLOCK) throw UsageError(in_use);
  throw RunError(fmt::format("{}: cannot be locked: {}", path.string(), std::strerror(reason)));
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& directory) : directory_(directory) {
  const std::filesystem::path path = lock_file(directory);
  // Another process may have removed the file it had made before it let go of the lock.
  do {
    release();
    made_ = make_run_folder(directory) || made_;
    lock(path, directory.string() + ": another gnc process is running in this folder");
  } while (lost());
  const std::filesystem::path linked = lock_of_linked_ledger(directory);
  if (linked.empty() || names_file(linked, files_.front().identity)) return;
  try {
    lock(linked, fmt::format("{}: another gnc process draws for the ledger that this links to",
                             (directory / "run.sqlite").string()));
  } catch (...) {
    release();
    throw;
  }
}

void RunLock::lock(const std::filesystem::path& path, const std::string& in_use) {
  const int descriptor = open_locked(path, in_use);
  files_.push_back({path, descriptor, file_identity(descriptor)});
}

void RunLock::release() {
  for (const LockedFile& file : files_) ::close(file.descriptor);
  files_.clear();
}

std::optional<std::filesystem::path> RunLock::lost() const {
  for (const LockedFile& file : files_) {
    if (!names_file(file.path, file.identity)) return file.path;
  }
  return std::nullopt;
}

RunLock::~RunLock() {
  if (made_ && !lost() && holds_the_lock_alone(directory_)) {
    std::error_code ignored;
    std::filesystem::remove(lock_file(directory_), ignored);
    std::filesystem::remove(directory_, ignored);
  }
  release();
}

}  // namespace gnc
