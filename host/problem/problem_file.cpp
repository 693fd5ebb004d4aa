#include "host/problem/problem_file.hpp"

#include <fmt/core.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <system_error>

#include "host/config/checked_value.hpp"
#include "host/config/json_file.hpp"
#include "host/config/nearest_name.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"
#include "host/files/write_file.hpp"
#include "host/problem/orthonormal_complement.hpp"

namespace gnc {
namespace {

using nlohmann::json;

// Squares of larger values overflow the single precision of the engines.
constexpr RealRange entry_range{-1e15, true, 1e15, true};

const json::array_t& checked_list(const json& value, const ValueOrigin& origin, Eigen::Index size,
                                  std::string_view of_what) {
  if (!value.is_array() || static_cast<Eigen::Index>(value.size()) != size) {
    throw_unexpected(origin, short_text(value), fmt::format("a list of {} {}", size, of_what));
  }
  return value.get_ref<const json::array_t&>();
}

/// An n_rows x n_cols matrix, vectorised row by row into `row`.
template <class Row>
void read_matrix(const json& value, const ValueOrigin& origin, Eigen::Index n_rows, Eigen::Index n_cols,
                 Row row) {
  const auto& lines = checked_list(value, origin, n_rows, "rows");
  for (Eigen::Index i = 0; i < n_rows; ++i) {
    const ValueOrigin line_origin = origin.item(static_cast<std::size_t>(i));
    const auto& entries = checked_list(lines[static_cast<std::size_t>(i)], line_origin, n_cols, "numbers");
    for (Eigen::Index j = 0; j < n_cols; ++j) {
      const json& entry = entries[static_cast<std::size_t>(j)];
      // Origins are text: they are put together for the bad entries only.
      const bool good = entry.is_number() && std::abs(entry.get<double>()) <= entry_range.high;
      row(i * n_cols + j) =
          good ? entry.get<double>()
               : checked_real(entry, line_origin.item(static_cast<std::size_t>(j)), entry_range);
    }
  }
}

class ProblemReader {
 public:
  ProblemReader(const json& object, std::string_view source) : object_(object), source_(source) {}

  ValueOrigin origin(std::string_view key) const { return ValueOrigin::key(source_, key); }
  bool has(const char* key) const { return object_.contains(key); }

  const json& required(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) {
      throw UsageError(fmt::format("{}: missing, expected in every problem file", origin(key).text()));
    }
    return *found;
  }

  RowMatrix measurements(const char* key, Eigen::Index n_rows, Eigen::Index n_cols) const {
    const json& value = required(key);
    const Eigen::Index entries = n_rows * n_cols;
    if (!value.is_array() || value.empty() || static_cast<Eigen::Index>(value.size()) > entries) {
      throw_unexpected(
          origin(key), short_text(value),
          fmt::format("a list of 1 to {} measurements, the {} x {} entries", entries, n_rows, n_cols));
    }
    RowMatrix A(static_cast<Eigen::Index>(value.size()), entries);
    for (Eigen::Index i = 0; i < A.rows(); ++i) {
      const auto index = static_cast<std::size_t>(i);
      read_matrix(value[index], origin(key).item(index), n_rows, n_cols, A.row(i));
    }
    return A;
  }

  Eigen::VectorXd targets(const char* key, const RowMatrix& A, const RowMatrix& ground_truth) const {
    if (!has(key)) return A * ground_truth.reshaped<Eigen::RowMajor>();
    const ValueOrigin list_origin = origin(key);
    const auto& values =
        checked_list(required(key), list_origin, A.rows(), "numbers, one for each measurement");
    Eigen::VectorXd b(A.rows());
    for (Eigen::Index i = 0; i < b.size(); ++i) {
      const auto index = static_cast<std::size_t>(i);
      b(i) = checked_real(values[index], list_origin.item(index), entry_range);
    }
    return b;
  }

 private:
  const json& object_;
  std::string source_;
};

void check_keys(const json& object, std::string_view source) {
  static const std::vector<std::string> known{"n_rows",  "n_cols", "ground_truth", "A_train",
                                              "b_train", "A_test", "b_test"};
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    throw UsageError(fmt::format("{}: unknown key {}; the nearest known key of a problem file is \"{}\"",
                                 source, short_text(item.key()), nearest_name(item.key(), known)));
  }
}

/// Row i of A as nested lists.
json matrix_lists(const RowMatrix& A, Eigen::Index i, Eigen::Index n_rows, Eigen::Index n_cols) {
  json lines = json::array();
  for (Eigen::Index r = 0; r < n_rows; ++r) {
    json line = json::array();
    for (Eigen::Index c = 0; c < n_cols; ++c) line.push_back(A(i, r * n_cols + c));
    lines.push_back(std::move(line));
  }
  return lines;
}

json measurement_lists(const RowMatrix& A, Eigen::Index n_rows, Eigen::Index n_cols) {
  json lists = json::array();
  for (Eigen::Index i = 0; i < A.rows(); ++i) lists.push_back(matrix_lists(A, i, n_rows, n_cols));
  return lists;
}

}  // namespace

Problem parse_problem(const json& object, std::string_view source) {
  if (!object.is_object()) {
    throw UsageError(fmt::format("{}: got {}, expected a JSON object with the keys of a problem file", source,
                                 short_text(object)));
  }
  check_keys(object, source);
  const ProblemReader reader(object, source);
  const Eigen::Index n_rows =
      checked_integer(reader.required("n_rows"), reader.origin("n_rows"), limits::rows_or_columns);
  const Eigen::Index n_cols =
      checked_integer(reader.required("n_cols"), reader.origin("n_cols"), limits::rows_or_columns);
  const Eigen::Index entries = n_rows * n_cols;
  if (entries < 2 || entries > limits::max_entries) {
    throw_unexpected(reader.origin("n_rows"), fmt::format("{} x {} = {} entries", n_rows, n_cols, entries),
                     fmt::format("n_rows * n_cols from 2 to {}", limits::max_entries));
  }

  Problem problem;
  problem.ground_truth.resize(n_rows, n_cols);
  read_matrix(reader.required("ground_truth"), reader.origin("ground_truth"), n_rows, n_cols,
              problem.ground_truth.reshaped<Eigen::RowMajor>());
  const double norm = problem.ground_truth.norm();
  if (!(norm >= limits::gt_norm.low && norm <= limits::gt_norm.high)) {
    throw_unexpected(reader.origin("ground_truth"), fmt::format("a matrix of Frobenius norm {}", norm),
                     fmt::format("a norm from {} to {}", limits::gt_norm.low, limits::gt_norm.high));
  }
  problem.A_train = reader.measurements("A_train", n_rows, n_cols);
  problem.b_train = reader.targets("b_train", problem.A_train, problem.ground_truth);
  if (reader.has("A_test")) {
    problem.A_test = reader.measurements("A_test", n_rows, n_cols);
  } else {
    if (reader.has("b_test")) {
      throw UsageError(fmt::format("{}: given without \"A_test\", expected both or neither",
                                   reader.origin("b_test").text()));
    }
    problem.A_test = orthonormal_complement(problem.A_train);
    if (problem.A_test.rows() == 0) {
      throw_unexpected(reader.origin("A_train"),
                       fmt::format("{} measurements that span all {} entries", problem.n_train(), entries),
                       "a span that leaves entries to generalize to");
    }
  }
  problem.b_test = reader.targets("b_test", problem.A_test, problem.ground_truth);
  return problem;
}

Problem read_problem(const std::filesystem::path& path) {
  constexpr std::size_t max_bytes = std::size_t{1} << 30;
  return parse_problem(read_json_file(path, max_bytes), path.string());
}

nlohmann::ordered_json problem_json(const Problem& problem) {
  nlohmann::ordered_json object;
  const Eigen::Index n_rows = problem.n_rows();
  const Eigen::Index n_cols = problem.n_cols();
  const RowMatrix ground_truth = problem.ground_truth.reshaped<Eigen::RowMajor>().transpose();
  object["n_rows"] = n_rows;
  object["n_cols"] = n_cols;
  object["ground_truth"] = matrix_lists(ground_truth, 0, n_rows, n_cols);
  object["A_train"] = measurement_lists(problem.A_train, n_rows, n_cols);
  object["b_train"] = std::vector<double>(problem.b_train.begin(), problem.b_train.end());
  object["A_test"] = measurement_lists(problem.A_test, n_rows, n_cols);
  object["b_test"] = std::vector<double>(problem.b_test.begin(), problem.b_test.end());
  return object;
}

void write_problem(const Problem& problem, const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw UsageError(
        fmt::format("{}: is a folder, expected the name of a file to write the problem to", path.string()));
  }
  write_file(path, problem_json(problem).dump() + '\n');
}

Config with_problem_sizes(Config config, const Problem& problem,
                          const std::vector<std::string>& explicit_keys, std::string_view source) {
  const auto adopt = [&](const char* key, std::int64_t& member, std::int64_t value) {
    const bool given = std::find(explicit_keys.begin(), explicit_keys.end(), key) != explicit_keys.end();
    if (given && member != value) {
      throw_unexpected(ValueOrigin::key(source, key), fmt::format("{}", member),
                       fmt::format("{}, as in the problem file {}, or no such key", value,
                                   config.problem_file.value_or("")));
    }
    member = value;
  };
  adopt("n_rows", config.n_rows, problem.n_rows());
  adopt("n_cols", config.n_cols, problem.n_cols());
  adopt("num_measurements", config.num_measurements, problem.n_train());
  config.gt_norm = problem.ground_truth.norm();
  config.gt_rank =
      std::max<std::int64_t>(1, Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(problem.ground_truth).rank());
  check_combination(config, [&](std::string_view key) { return ValueOrigin::key(source, key); });
  return config;
}

}  // namespace gnc
