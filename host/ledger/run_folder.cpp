#include "host/ledger/run_folder.hpp"

#include <fmt/format.h>

#include <system_error>

#include "host/errors.hpp"

namespace gnc {

void make_run_folder(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error && std::filesystem::is_directory(directory, error)) return;
  if (!error || error == std::errc::not_a_directory || error == std::errc::file_exists) {
    throw UsageError(fmt::format("{}: a file is in the way, expected a folder for the run or a new name",
                                 directory.string()));
  }
  if (error == std::errc::filename_too_long) {
    throw UsageError(fmt::format("{}: too long for the name of a run folder", directory.string()));
  }
  throw RunError(fmt::format("{}: cannot make the run folder: {}", directory.string(), error.message()));
}

}  // namespace gnc
