#include "host/config/sweep.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace gnc {
namespace {

std::vector<std::int64_t> distinct(const Config& config, std::int64_t Point::*member) {
  std::vector<std::int64_t> values;
  for (const Point& point : config.points) {
    if (std::find(values.begin(), values.end(), point.*member) == values.end())
      values.push_back(point.*member);
  }
  return values;
}

void check_sizes(const Config& config, const OriginOfKey& origin_of) {
  const std::int64_t entries = config.n_rows * config.n_cols;
  if (entries < 2 || entries > limits::max_entries) {
    throw_unexpected(origin_of("n_rows"),
                     fmt::format("{} x {} = {} entries", config.n_rows, config.n_cols, entries),
                     fmt::format("n_rows * n_cols from 2 to {}", limits::max_entries));
  }
  const std::int64_t largest_rank = std::min(config.n_rows, config.n_cols);
  if (config.gt_rank < 1 || config.gt_rank > largest_rank) {
    throw_unexpected(origin_of("gt_rank"), fmt::format("{}", config.gt_rank),
                     fmt::format("an integer from 1 to {}, the smaller of n_rows and n_cols", largest_rank));
  }
  if (config.num_measurements < 1 || config.num_measurements > entries - 1) {
    throw_unexpected(origin_of("num_measurements"), fmt::format("{}", config.num_measurements),
                     fmt::format("an integer from 1 to {}, less than the {} x {} = {} entries", entries - 1,
                                 config.n_rows, config.n_cols, entries));
  }
}

/// File names become text of the run's record, and need not be text themselves.
void check_text(const std::string& text, const ValueOrigin& origin) {
  try {
    nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    throw_unexpected(origin, short_text(text), "text in UTF-8");
  }
}

}  // namespace

std::vector<std::int64_t> sweep_widths(const Config& config) { return distinct(config, &Point::width); }
std::vector<std::int64_t> sweep_depths(const Config& config) { return distinct(config, &Point::depth); }

std::int64_t weights_per_draw(const Config& config, std::int64_t width, std::int64_t depth) {
  if (depth == 1) return config.n_rows * config.n_cols;
  return config.n_rows * width + (depth - 2) * width * width + width * config.n_cols;
}

void check_combination(const Config& config, const OriginOfKey& origin_of) {
  check_text(config.name, origin_of("name"));
  if (config.problem_file) {
    check_text(*config.problem_file, origin_of("problem"));
  } else {
    check_sizes(config, origin_of);
  }
  for (const Point& point : config.points) {
    const std::int64_t weights = weights_per_draw(config, point.width, point.depth);
    if (weights > limits::max_weights) {
      throw_unexpected(
          origin_of("widths"),
          fmt::format("width {} at depth {}, {} weights a draw", point.width, point.depth, weights),
          fmt::format("at most {} weights a draw", limits::max_weights));
    }
  }
}

}  // namespace gnc
