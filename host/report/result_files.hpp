#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gnc {

/// Names of the files in a folder, if there is one, that are named like results of gnc: tables, figures with
/// their scripts and data, the page; in order.
std::vector<std::string> result_files(const std::filesystem::path& folder);

/// Whether gnc began a report in the folder: its cells.csv, which is written first, is there.
bool holds_report(const std::filesystem::path& folder);

/// Removes those result_files that are not among `kept`; RunError where the disk refuses.
void remove_results(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& kept);

/// UsageError, naming the file, where a folder without a run or report of gnc has one of them; it ends with
/// what was `expected`.
void require_no_results(const std::filesystem::path& folder, const std::string& expected);

}  // namespace gnc
