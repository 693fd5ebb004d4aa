#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/experiment/small_experiment.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/report/read_csv.hpp"

namespace gnc {

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  ASSERT_TRUE(file.flush()) << path;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Writes the small experiment, changed, as FOLDER/small.json.
inline void write_small(const std::filesystem::path& folder,
                        const nlohmann::ordered_json& changes = nlohmann::ordered_json::object()) {
  nlohmann::ordered_json json = small_experiment_json();
  json.update(changes);
  write_text(folder / "small.json", json.dump());
}

/// Every file below a folder with its content.
inline std::map<std::string, std::string> files_below(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[std::filesystem::relative(entry.path(), folder).string()] = read_text(entry.path());
    }
  }
  return files;
}

using CsvRows = std::vector<std::map<std::string, std::string>>;

/// Rows of cells.csv without the columns that hold times.
inline CsvRows cells_without_times(const std::filesystem::path& run) {
  CsvRows rows = read_csv(read_text(run / "cells.csv"));
  for (auto& row : rows) {
    for (const char* column : {"gnc_seconds", "gd_seconds", "samples_per_second"}) row.erase(column);
  }
  return rows;
}

/// Looks every few milliseconds whether something has come to pass; false if it has not within two minutes.
inline bool wait_until(const std::function<bool()>& happened) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!happened()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

inline std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace gnc
