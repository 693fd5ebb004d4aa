#pragma once

#include <sys/types.h>

#include <filesystem>

namespace gnc {

/// Which file something is, under whatever names.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;

  bool operator==(const FileIdentity&) const = default;
};

/// Of an open file; RunError where the system does not tell.
FileIdentity file_identity(int descriptor);
/// Of the file that the path names; RunError where there is none.
FileIdentity file_identity(const std::filesystem::path& path);

/// Whether the path names that file. Where the system does not tell, as when a server does not answer, it
/// counts as there.
bool names_file(const std::filesystem::path& path, const FileIdentity& file);

}  // namespace gnc
