#include "host/config/presets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "host/config/checked_value.hpp"
#include "host/config/names.hpp"
#include "host/config/nearest_name.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

/// One figure of the paper: what it changes from the base experiment of its axis.
struct Figure {
  int number;
  SweepAxis axis;
  const char* change;
  double momentum = 0.0;
  int gt_rank = 1;
  const char* prior = "gauss";
  bool completion = false;
  bool normalize = false;
  double eps_train = 0.02;
  int depth_epochs = 20'000;  ///< Leaky ReLU takes at least 50,000
};

constexpr auto width = SweepAxis::Width;
constexpr auto depth = SweepAxis::Depth;

const std::array<Figure, 11> figures{{
    {1, width, "the base experiment"},
    {2, depth, "the base experiment", 0.0, 1, "gauss", false, true, 0.0035},
    {3, width, "GD with momentum 0.9", 0.9},
    {4, depth, "GD with momentum 0.9", 0.9, 1, "gauss", false, true, 0.0035},
    {5, width, "rank 2, 22 measurements", 0.0, 2},
    {6, depth, "rank 2, 22 measurements", 0.0, 2, "gauss", false, true, 0.01, 50'000},
    {7, width, "uniform prior", 0.0, 1, "unif"},
    {8, depth, "uniform prior", 0.0, 1, "unif", false, true, 0.0035},
    {9, width, "matrix completion", 0.0, 1, "gauss", true},
    {10, depth, "matrix completion", 0.0, 1, "gauss", true, true, 0.0035},
    {11, depth, "no normalisation", 0.0, 1, "gauss", false, false, 0.01},
}};

const std::array<const char*, 3> activation_suffixes{"linear", "tanh", "leaky-relu"};

struct Preset {
  const Figure& figure;
  Activation activation;
};

Preset find_preset(std::string_view name) {
  const auto& names = preset_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw UsageError(fmt::format("preset \"{}\": unknown, expected one that gnc presets lists{}", name,
                                 nearest_hint("one", name, names)));
  }
  const auto index = static_cast<std::size_t>(found - names.begin());
  return {figures.at(index / activation_suffixes.size()),
          static_cast<Activation>(index % activation_suffixes.size())};
}

}  // namespace

const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (const Figure& figure : figures) {
      for (const char* suffix : activation_suffixes)
        made.push_back(fmt::format("fig{}-{}", figure.number, suffix));
    }
    return made;
  }();
  return names;
}

nlohmann::ordered_json preset_json(std::string_view name) {
  const auto [figure, activation] = find_preset(name);
  const bool by_width = figure.axis == SweepAxis::Width;
  const bool leaky = activation == Activation::LeakyRelu;
  nlohmann::ordered_json json;
  json["n_rows"] = 5;
  json["n_cols"] = 5;
  json["gt_rank"] = figure.gt_rank;
  json["gt_norm"] = 1.0;
  json["num_seeds"] = 8;
  json["completion"] = figure.completion;
  json["num_measurements"] = figure.gt_rank == 1 ? 15 : 22;
  json["activation"] = name_of(activation);
  json["negative_slope"] = 0.2;
  json["gnc_num_samples"] = by_width ? 100'000'000 : 1'000'000'000;
  if (by_width) {
    json["gnc_batch_sizes"] = {10'000'000, 10'000'000, 1'000'000, 1'000'000,
                               200'000,    200'000,    200'000,   200'000};
  } else {
    json["gnc_batch_sizes"] = {10'000'000};
  }
  json["gnc_eps_train"] = figure.eps_train;
  json["gnc_init"] = figure.prior;
  json["gnc_normalize"] = figure.normalize;
  json["gnc_softening"] = 1e-6;
  json["gd_lrs"] = {by_width ? 1e-4 : 0.01};
  if (by_width) {
    json["gd_epochs"] = 100'000;
    json["gd_init_scales"] = {1e-3};
  } else {
    const double deepest = leaky ? 0.1 : 0.2;
    json["gd_epochs"] = leaky ? 50'000 : figure.depth_epochs;
    json["gd_init_scales"] = {0.001, 0.001, 0.001, 0.1, 0.1, 0.1, 0.1, deepest, deepest};
  }
  json["gd_log_period"] = 100;
  json["gd_print_period"] = 10'000;
  json["gd_momentum"] = figure.momentum;
  json["gd_verbose"] = true;
  if (by_width) {
    json["widths"] = {5, 10, 20, 40, 80, 160};
    json["depth"] = 2;
  } else {
    json["width"] = 5;
    json["depths"] = {2, 3, 4, 5, 6, 7, 8, 9, 10};
  }
  json["results_dir"] = "./results";
  json["figures_dir"] = "./figures";
  return json;
}

std::string preset_description(std::string_view name) {
  const auto [figure, activation] = find_preset(name);
  const char* const sweep =
      figure.axis == SweepAxis::Width ? "widths 5 .. 160, depth 2" : "depths 2 .. 10, width 5";
  return fmt::format("{}, {}: {}", sweep, name_of(activation), figure.change);
}

ParsedConfig preset_config(std::string_view name) {
  ParsedConfig parsed = parse_config(preset_json(name), name);
  // The published width configs carry more batch sizes than widths; that is no news about a preset.
  parsed.warnings.clear();
  parsed.explicit_keys.clear();
  return parsed;
}

ParsedConfig preset_or_file(const std::string& argument) {
  const auto& names = preset_names();
  if (std::find(names.begin(), names.end(), argument) != names.end()) return preset_config(argument);
  const bool looks_like_path = argument.find('/') != std::string::npos || argument.ends_with(".json");
  std::error_code ignored;
  if (looks_like_path || std::filesystem::exists(argument, ignored)) return load_config(argument);
  throw UsageError(fmt::format("{}: neither a config file nor a preset that gnc presets lists{}",
                               short_text(argument), nearest_hint("preset", argument, names)));
}

}  // namespace gnc
