#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// Checks a problem: {"n_rows", "n_cols", "ground_truth": [[..]], "A_train": [[[..]]]} and optionally
/// "b_train", "A_test", "b_test". Absent targets are <A_i, W*>; an absent A_test is the orthonormal
/// complement of A_train. Throws UsageError naming `source`, key, value and what was expected.
Problem parse_problem(const nlohmann::json& json, std::string_view source);

/// Reads a problem file. Missing, unreadable, malformed: UsageError.
Problem read_problem(const std::filesystem::path& path);

/// The problem with every key; numbers are written so that reading them gives back the same doubles.
nlohmann::ordered_json problem_json(const Problem& problem);

/// Writes a problem file, whole or not at all. Throws UsageError where `path` is a folder, RunError where the
/// disk fails.
void write_problem(const Problem& problem, const std::filesystem::path& path);

/// The config with the sizes, rank and norm of its problem. A key of `explicit_keys` (of a config file) among
/// n_rows, n_cols and num_measurements that disagrees is a UsageError naming both files.
Config with_problem_sizes(Config config, const Problem& problem,
                          const std::vector<std::string>& explicit_keys, std::string_view source);

}  // namespace gnc
