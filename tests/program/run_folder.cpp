#include "tests/program/run_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/experiment/small_experiment.hpp"
#include "tests/report/read_csv.hpp"

namespace gnc {

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  ASSERT_TRUE(file.flush()) << path;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_small(const std::filesystem::path& folder, const nlohmann::ordered_json& changes) {
  nlohmann::ordered_json json = small_experiment_json();
  json.update(changes);
  write_text(folder / "small.json", json.dump());
}

std::map<std::string, std::string> files_below(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[std::filesystem::relative(entry.path(), folder).string()] = read_text(entry.path());
    }
  }
  return files;
}

CsvRows cells_without_times(const std::filesystem::path& run) {
  CsvRows rows = read_csv(read_text(run / "cells.csv"));
  for (auto& row : rows) {
    for (const char* column : {"gnc_seconds", "gd_seconds", "samples_per_second"}) row.erase(column);
  }
  return rows;
}

bool wait_until(const std::function<bool()>& happened) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!happened()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace gnc
