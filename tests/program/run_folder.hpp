#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/program/gnc_process.hpp"

namespace gnc {

void write_text(const std::filesystem::path& path, const std::string& text);

std::string read_text(const std::filesystem::path& path);

/// Writes the small experiment, changed, as FOLDER/small.json.
void write_small(const std::filesystem::path& folder,
                 const nlohmann::ordered_json& changes = nlohmann::ordered_json::object());

/// Every file below a folder with its content.
std::map<std::string, std::string> files_below(const std::filesystem::path& folder);

using CsvRows = std::vector<std::map<std::string, std::string>>;

/// Rows of cells.csv without the columns that hold times.
CsvRows cells_without_times(const std::filesystem::path& run);

/// Looks every few milliseconds whether something has come to pass; false if it has not within two minutes.
bool wait_until(const std::function<bool()>& happened);

std::size_t count_lines(const std::string& text);

}  // namespace gnc
