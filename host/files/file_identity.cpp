#include "host/files/file_identity.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "host/errors.hpp"

namespace gnc {
namespace {

FileIdentity identity_of(const struct stat& file) { return {file.st_dev, file.st_ino}; }

[[noreturn]] void throw_untold(const std::string& what) {
  throw RunError(fmt::format("{}: cannot be looked at: {}", what, std::generic_category().message(errno)));
}

}  // namespace

FileIdentity file_identity(int descriptor) {
  struct stat found = {};
  if (::fstat(descriptor, &found) != 0) throw_untold(fmt::format("descriptor {}", descriptor));
  return identity_of(found);
}

FileIdentity file_identity(const std::filesystem::path& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) throw_untold(path.string());
  return identity_of(found);
}

bool names_file(const std::filesystem::path& path, const FileIdentity& file) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return errno != ENOENT && errno != ENOTDIR;
  return identity_of(found) == file;
}

}  // namespace gnc
