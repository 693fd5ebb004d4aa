#include "host/files/write_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

#include "host/errors.hpp"

namespace gnc {
namespace {

/// 0, or the error that the disk met.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view text) {
  const auto refuse = [&](int error) {
    throw RunError(
        fmt::format("{}: cannot be written: {}", path.string(), std::generic_category().message(error)));
  };
  std::error_code ignored;
  const std::filesystem::file_status found = std::filesystem::status(path, ignored);
  const bool replaces = !std::filesystem::exists(found) || std::filesystem::is_regular_file(found);
  std::string target = path.string();
  if (replaces && std::filesystem::is_symlink(path, ignored)) {
    target = std::filesystem::weakly_canonical(path, ignored).string();
  }
  const std::string written = replaces ? target + temporary_ending() : target;
  const int descriptor = ::open(written.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor < 0) refuse(errno);
  int error = write_all(descriptor, text);
  if (replaces && error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (replaces && error == 0 && std::rename(written.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    if (replaces) ::unlink(written.c_str());
    refuse(error);
  }
}

std::string temporary_ending() { return fmt::format(".{}.tmp", ::getpid()); }

void remove_temporaries(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().string().ends_with(temporary_ending())) found.push_back(entry->path());
  }
  for (const std::filesystem::path& path : found) std::filesystem::remove_all(path, error);
}

}  // namespace gnc
