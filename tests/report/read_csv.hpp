#pragma once

#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gnc {

/// Rows of a CSV text without quoted fields, each as column name -> field.
inline std::vector<std::map<std::string, std::string>> read_csv(const std::string& text) {
  const auto split = [](const std::string& line) {
    std::vector<std::string> fields{""};
    for (const char letter : line) {
      if (letter == ',') {
        fields.emplace_back();
      } else {
        fields.back() += letter;
      }
    }
    return fields;
  };
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const auto names = split(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(lines, line)) {
    const auto fields = split(line);
    if (fields.size() != names.size()) throw std::runtime_error("ragged row: " + line);
    rows.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) rows.back()[names[i]] = fields[i];
  }
  return rows;
}

}  // namespace gnc
