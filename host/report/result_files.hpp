#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gnc {

/// Names of the files in a folder, if there is one, that are named like results of gnc: tables, figures with
/// their scripts and data, the page; in order.
std::vector<std::string> result_files(const std::filesystem::path& folder);

/// Removes them; RunError where the disk refuses.
void remove_results(const std::filesystem::path& folder);

/// UsageError, naming the file, where a folder that holds no run has one of them; it ends with what was
/// `expected`.
void require_no_results(const std::filesystem::path& folder, const std::string& expected);

}  // namespace gnc
