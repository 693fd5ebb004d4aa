#include "host/ledger/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/errors.hpp"
#include "host/ledger/run_folder.hpp"

namespace gnc {

RunLock::RunLock(const std::filesystem::path& directory) {
  make_run_folder(directory);
  const std::filesystem::path path = directory / "run.lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw RunError(fmt::format("{}: cannot be made: {}", path.string(), std::strerror(errno)));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    ::close(descriptor_);
    if (reason == EWOULDBLOCK) {
      throw UsageError(fmt::format("{}: another gnc process is running in this folder", directory.string()));
    }
    throw RunError(fmt::format("{}: cannot be locked: {}", path.string(), std::strerror(reason)));
  }
}

RunLock::~RunLock() { ::close(descriptor_); }

}  // namespace gnc
