#include "host/config/overrides.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string_view>

#include "host/config/checked_value.hpp"
#include "host/config/config_json.hpp"
#include "host/config/names.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

template <class Number>
void check_no_repetition(const std::vector<Number>& values, const ValueOrigin& origin,
                         std::string (*text)(Number)) {
  std::set<Number> seen;
  for (const Number value : values) {
    if (!seen.insert(value).second) throw_unexpected(origin, text(value) + " a second time", "no repetition");
  }
}

std::string real_text(double value) { return fmt::format("{}", value); }

/// A point's setting: that of the matching original point, else the one all original points share.
double setting_of(const Point& point, const Config& original, double Point::*member, std::string_view key,
                  std::string_view option, bool needed) {
  const auto matches = [&](const Point& candidate) {
    const bool width = original.axis == SweepAxis::Depth || candidate.width == point.width;
    const bool depth = original.axis == SweepAxis::Width || candidate.depth == point.depth;
    return width && depth;
  };
  const auto& points = original.points;
  if (const auto found = std::find_if(points.begin(), points.end(), matches); found != points.end()) {
    return (*found).*member;
  }
  const double first = points.front().*member;
  const bool shared =
      std::all_of(points.begin(), points.end(), [&](const Point& p) { return p.*member == first; });
  if (!shared && needed) {
    throw UsageError(fmt::format(
        "option {}: width {}, depth {} is not a point of {}, and {} differs between its points, so there is "
        "no setting for it; expected values of that sweep, a config file with {} for the new sweep, or "
        "--no-gd",
        option, width_name(point.width), point.depth, original.name, key, key));
  }
  return first;
}

void override_sweep(Config& config, const Overrides& overrides) {
  const Config original = config;
  const auto widths = overrides.widths.empty() ? sweep_widths(original) : overrides.widths;
  const auto depths = overrides.depths.empty() ? sweep_depths(original) : overrides.depths;
  const std::string_view option = overrides.widths.empty() ? "--depths" : "--widths";
  const auto count = static_cast<std::int64_t>(widths.size() * depths.size());
  if (count > limits::max_points) {
    throw_unexpected(ValueOrigin::option(option), fmt::format("a grid of {} points", count),
                     fmt::format("at most {} points", limits::max_points));
  }
  config.points.clear();
  for (const std::int64_t width : widths) {
    for (const std::int64_t depth : depths) {
      Point point{width, depth, 0.0, 0.0};
      const bool needed = descends(config, point);
      point.gd_lr = setting_of(point, original, &Point::gd_lr, "gd_lrs", option, needed);
      point.gd_init_scale =
          setting_of(point, original, &Point::gd_init_scale, "gd_init_scales", option, needed);
      config.points.push_back(point);
    }
  }
  if (widths.size() > 1 && depths.size() > 1) {
    config.axis = SweepAxis::Grid;
  } else if (widths.size() > 1 || depths.size() > 1) {
    config.axis = depths.size() > 1 ? SweepAxis::Depth : SweepAxis::Width;
  }
  if (config.gnc_batch_sizes.size() > 1) config.gnc_batch_sizes.clear();  // they were those of other points
}

}  // namespace

Config apply_overrides(Config config, const Overrides& overrides) {
  if (overrides.no_gd) config.gd = false;
  if (overrides.num_samples) {
    checked_integer(*overrides.num_samples, ValueOrigin::option("--num-samples"), limits::num_samples);
    config.gnc_num_samples = *overrides.num_samples;
  }
  const auto override_integer = [](const std::optional<std::int64_t>& value, const char* option,
                                   IntegerRange range, std::int64_t& member) {
    if (value) member = checked_integer(*value, ValueOrigin::option(option), range);
  };
  override_integer(overrides.num_seeds, "--num-seeds", limits::num_seeds, config.num_seeds);
  if (overrides.chunk_size) {
    checked_integer(*overrides.chunk_size, ValueOrigin::option("--chunk-size"), limits::chunk_size);
    config.chunk_size = *overrides.chunk_size;
  }
  if (!overrides.eps_train.empty()) {
    const auto origin = ValueOrigin::option("--eps-train");
    for (const double eps : overrides.eps_train) checked_real(eps, origin, limits::eps_train);
    check_no_repetition(overrides.eps_train, origin, real_text);
    if (overrides.eps_train.size() > static_cast<std::size_t>(limits::max_tolerances)) {
      throw_unexpected(origin, fmt::format("{} tolerances", overrides.eps_train.size()),
                       fmt::format("at most {}", limits::max_tolerances));
    }
    config.gnc_eps_train = overrides.eps_train;
    std::sort(config.gnc_eps_train.begin(), config.gnc_eps_train.end(), std::greater<>());
  }
  if (overrides.seed) config.seed = *overrides.seed;
  if (overrides.estimator) config.estimator = *overrides.estimator;
  override_integer(overrides.splitting_particles, "--particles", limits::splitting_particles,
                   config.splitting_particles);
  override_integer(overrides.splitting_sweeps, "--sweeps", limits::splitting_sweeps, config.splitting_sweeps);
  override_integer(overrides.splitting_populations, "--populations", limits::splitting_populations,
                   config.splitting_populations);
  if (overrides.draw) config.draw = *overrides.draw;
  if (overrides.problem_file) {
    if (overrides.problem_file->empty()) {
      throw_unexpected(ValueOrigin::option("--problem"), "\"\"", "the path of a problem file");
    }
    config.problem_file = std::filesystem::absolute(*overrides.problem_file).lexically_normal().string();
  }
  const auto widths = ValueOrigin::option("--widths");
  const auto depths = ValueOrigin::option("--depths");
  for (const std::int64_t width : overrides.widths) checked_width(width_json(width), widths);
  for (const std::int64_t depth : overrides.depths) checked_integer(depth, depths, limits::depth);
  check_no_repetition(overrides.widths, widths, width_name);
  check_no_repetition<std::int64_t>(overrides.depths, depths, [](auto n) { return fmt::format("{}", n); });
  if (!overrides.widths.empty() || !overrides.depths.empty()) override_sweep(config, overrides);

  check_combination(config, [&](std::string_view key) {
    if (key == "gnc_num_samples" && overrides.num_samples) return ValueOrigin::option("--num-samples");
    if (key == "num_seeds" && overrides.num_seeds) return ValueOrigin::option("--num-seeds");
    if ((key != "widths" && key != "depths") || (overrides.widths.empty() && overrides.depths.empty())) {
      return ValueOrigin::key(config.name, key);
    }
    return ValueOrigin::option(overrides.widths.empty() ? "--depths" : "--widths");
  });
  return config;
}

}  // namespace gnc
