#include "host/report/result_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

#include "host/errors.hpp"
#include "host/report/cells_csv.hpp"

namespace gnc {
namespace {

using std::literals::operator""sv;

constexpr std::array kTables{"cells.csv"sv, "results.csv"sv, "curves.csv"sv, "report.html"sv};
constexpr std::array kFigures{"figure"sv, "acceptance"sv, "curves"sv, "curves_gen"sv};
constexpr std::array kEndings{".gp"sv, ".dat"sv, ".pdf"sv, ".png"sv, ".svg"sv};

bool is_result(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (std::ranges::find(kTables, name) != kTables.end()) return true;
  if (name.starts_with("results_eps=") && name.ends_with(".csv")) return true;
  return std::ranges::find(kFigures, path.stem().string()) != kFigures.end() &&
         std::ranges::find(kEndings, path.extension().string()) != kEndings.end();
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
  std::ifstream file(folder / "cells.csv");
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
