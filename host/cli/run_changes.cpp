#include "host/cli/run_changes.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>

#include "host/ledger/ledger.hpp"

namespace gnc {
namespace {

std::pair<std::int64_t, std::int64_t> size_and_time(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {-1, -1};
  return {found.st_size, std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
}

}  // namespace

bool RunChanges::any() {
  const std::string ledger = Ledger::file(folder_).string();
  const Stamp now = std::tuple_cat(size_and_time(ledger), size_and_time(ledger + "-wal"));
  return std::exchange(last_, now) != now;
}

double watch_pause(double interval, double reading_seconds) {
  return std::max(interval, 19.0 * reading_seconds);
}

}  // namespace gnc
