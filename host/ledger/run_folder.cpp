#include "host/ledger/run_folder.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <string_view>
#include <system_error>

#include "host/errors.hpp"

namespace gnc {
namespace {

// Of the files that SQLite opens in a run folder.
constexpr std::string_view kLongestName = "run.sqlite.new-journal";

}  // namespace

bool make_run_folder(const std::filesystem::path& directory) {
  std::error_code error;
  const std::string longest = (std::filesystem::absolute(directory, error) / kLongestName).string();
  if (const auto most = static_cast<std::size_t>(sqlite3_vfs_find(nullptr)->mxPathname);
      longest.size() > most) {
    throw UsageError(fmt::format(
        "{}: too long for the name of a run folder, {} characters from the root, expected at most {}, which "
        "the ledger's SQLite can open",
        directory.string(), longest.size() - kLongestName.size() - 1, most - kLongestName.size() - 1));
  }
  const bool made = std::filesystem::create_directories(directory, error);
  if (!error && std::filesystem::is_directory(directory, error)) return made;
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
