#include "host/report/result_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "host/errors.hpp"
#include "host/report/cells_csv.hpp"
#include "host/report/report_names.hpp"

namespace gnc {
namespace {

constexpr std::array kTables{kCellsCsv, kResultsCsv, kCurvesCsv, kReportPage};

bool is_result(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (std::ranges::find(kTables, name) != kTables.end()) return true;
  if (name.starts_with(kResultsCsvBegin) && name.ends_with(kResultsCsvEnd)) return true;
  return std::ranges::find(kFigures, path.stem().string()) != kFigures.end() &&
         std::ranges::find(kFigureEndings, path.extension().string()) != kFigureEndings.end();
}

}  // namespace

std::vector<std::string> result_files(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_result(entry->path())) names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

bool holds_report(const std::filesystem::path& folder) {
  std::ifstream file(folder / kCellsCsv);
  std::string header;
  return std::getline(file, header) && header.starts_with(kCellsCsvBegin);
}

void remove_results(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& kept) {
  for (const std::string& name : result_files(folder)) {
    if (std::ranges::find(kept, folder / name) != kept.end()) continue;
    std::error_code error;
    std::filesystem::remove(folder / name, error);
    if (error) {
      throw RunError(fmt::format("{}: cannot be removed: {}", (folder / name).string(), error.message()));
    }
  }
}

void require_no_results(const std::filesystem::path& folder, const std::string& expected) {
  const std::vector<std::string> names = result_files(folder);
  if (names.empty()) return;
  throw UsageError(fmt::format("{} holds {} but no run, whose results would replace it, expected {}",
                               folder.string(), names.front(), expected));
}

}  // namespace gnc
