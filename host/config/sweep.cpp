#include "host/config/sweep.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "host/config/names.hpp"
#include "host/errors.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/draw_form.hpp"

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

Point network_of(const Point& point) {
  Point network = point;
  if (point.width == kInfiniteWidth) {
    network.width = 1;
    network.depth = 1;
  }
  return network;
}

std::int64_t weights_per_draw(const Config& config, const Point& point) {
  const Point network = network_of(point);
  return n_weights(config.n_rows, config.n_cols, network.width, network.depth);
}

std::int64_t numbers_per_draw(const Config& config, const Point& point) {
  const Point network = network_of(point);
  CellView cell;
  cell.n_rows = static_cast<int>(config.n_rows);
  cell.n_cols = static_cast<int>(config.n_cols);
  cell.width = static_cast<int>(network.width);
  cell.depth = static_cast<int>(network.depth);
  cell.activation = config.activation;
  cell.prior = config.gnc_init;
  cell.draw = config.draw;
  return numbers_per_draw(cell);
}

bool descends(const Config& config, const Point& point) { return config.gd && point.width != kInfiniteWidth; }

void check_combination(const Config& config, const OriginOfKey& origin_of) {
  const auto points = static_cast<std::int64_t>(config.points.size());
  if (points > 0 && config.num_seeds > limits::max_cells / points) {
    throw UsageError(
        fmt::format("{}: got {} seeds, and {}: {} points, {} cells together, expected at most {}",
                    origin_of("num_seeds").text(), config.num_seeds,
                    origin_of(config.axis == SweepAxis::Depth ? "depths" : "widths").text(), points,
                    config.num_seeds * points, limits::max_cells));
  }
  check_text(config.name, origin_of("name"));
  if (config.problem_file) {
    check_text(*config.problem_file, origin_of("problem"));
  } else {
    check_sizes(config, origin_of);
  }
  if (config.estimator == Estimator::Conditional && config.gnc_num_samples > limits::max_hidden_draws) {
    throw_unexpected(origin_of("gnc_num_samples"),
                     fmt::format("{} by estimator conditional", config.gnc_num_samples),
                     fmt::format("at most {} hidden draws", limits::max_hidden_draws));
  }
  for (const Point& point : config.points) {
    const std::int64_t weights = weights_per_draw(config, point);
    if (weights > limits::max_weights) {
      throw_unexpected(
          origin_of("widths"),
          fmt::format("width {} at depth {}, {} weights a draw", point.width, point.depth, weights),
          fmt::format("at most {} weights a draw", limits::max_weights));
    }
  }
}

void check_infinite_width(const Config& config, const ValueOrigin& origin) {
  const auto widths = sweep_widths(config);
  if (std::find(widths.begin(), widths.end(), kInfiniteWidth) == widths.end()) return;
  const auto require = [&](bool holds, std::string_view key, std::string_view value,
                           std::string_view expected, std::string_view why) {
    if (holds) return;
    throw_unexpected(origin,
                     fmt::format("{} together with \"{}\" = \"{}\"", width_name(kInfiniteWidth), key, value),
                     fmt::format("\"{}\", {}", expected, why));
  };
  require(config.activation == Activation::Linear, "activation", name_of(config.activation),
          name_of(Activation::Linear), "the activation whose limit is drawn");
  require(config.gnc_init == Prior::Gauss, "gnc_init", name_of(config.gnc_init), name_of(Prior::Gauss),
          "the prior whose limit is drawn");
  require(config.draw == DrawLaw::Product, "draw", name_of(config.draw), name_of(DrawLaw::Product),
          "as infinitely wide factors cannot be drawn");
}

}  // namespace gnc
