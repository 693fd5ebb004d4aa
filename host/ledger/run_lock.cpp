#include "host/ledger/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "host/errors.hpp"
#include "host/ledger/run_folder.hpp"

namespace gnc {
namespace {

std::filesystem::path lock_file(const std::filesystem::path& directory) { return directory / "run.lock"; }

bool holds_the_lock_alone(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  if (error || entry == end(entry) || entry->path() != lock_file(directory)) return false;
  entry.increment(error);
  return !error && entry == end(entry);
}

/// Whether what was opened is what the path names now.
bool is_the_file(int descriptor, const std::filesystem::path& path) {
  struct stat opened = {}, named = {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& directory) : directory_(directory) {
  const std::filesystem::path path = lock_file(directory);
  do {
    if (descriptor_ >= 0) ::close(descriptor_);
    made_ = make_run_folder(directory) || made_;
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) {
      throw RunError(fmt::format("{}: cannot be made: {}", path.string(), std::strerror(errno)));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      ::close(descriptor_);
      if (reason == EWOULDBLOCK) {
        throw UsageError(
            fmt::format("{}: another gnc process is running in this folder", directory.string()));
      }
      throw RunError(fmt::format("{}: cannot be locked: {}", path.string(), std::strerror(reason)));
    }
    // Another process may have removed the file it had made before it let go of the lock.
  } while (!is_the_file(descriptor_, path));
}

RunLock::~RunLock() {
  if (made_ && holds_the_lock_alone(directory_)) {
    std::error_code ignored;
    std::filesystem::remove(lock_file(directory_), ignored);
    std::filesystem::remove(directory_, ignored);
  }
  ::close(descriptor_);
}

}  // namespace gnc
