#include "host/config/parse_config.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "host/config/checked_value.hpp"
#include "host/config/json_file.hpp"
#include "host/config/names.hpp"
#include "host/config/nearest_name.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

using nlohmann::json;

/// Reads the keys of one config object. A member is left alone where its key is absent.
class ConfigReader {
 public:
  ConfigReader(const json& object, std::string_view source) : object_(object), source_(source) {}

  ValueOrigin origin(std::string_view key) const { return ValueOrigin::key(source_, key); }

  const json* find(const std::string& key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  void integer(const std::string& key, std::int64_t& member, IntegerRange range) const {
    if (const json* value = find(key)) member = checked_integer(*value, origin(key), range);
  }
  void unsigned_integer(const std::string& key, std::uint64_t& member, IntegerRange range) const {
    if (const json* value = find(key)) {
      member = static_cast<std::uint64_t>(checked_integer(*value, origin(key), range));
    }
  }
  void real(const std::string& key, double& member, RealRange range) const {
    if (const json* value = find(key)) member = checked_real(*value, origin(key), range);
  }
  void boolean(const std::string& key, bool& member) const {
    if (const json* value = find(key)) member = checked_bool(*value, origin(key));
  }
  template <class Choice>
  void choice(const std::string& key, Choice& member, const std::vector<std::string>& names) const {
    if (const json* value = find(key))
      member = static_cast<Choice>(checked_choice(*value, origin(key), names));
  }

  /// The items of a list of 1 .. `longest` values.
  const json::array_t* list(const std::string& key, std::size_t longest) const {
    const json* value = find(key);
    if (value == nullptr) return nullptr;
    if (!value->is_array() || value->empty() || value->size() > longest) {
      throw_unexpected(origin(key), short_text(*value), fmt::format("a list of 1 to {} values", longest));
    }
    return value->get_ptr<const json::array_t*>();
  }

  const std::string& source() const { return source_; }

 private:
  const json& object_;
  std::string source_;
};

void check_keys(const json& object, std::string_view source) {
  const auto& known = config_keys();
  for (const auto& item : object.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    throw UsageError(fmt::format("{}: unknown key {}: got {}; the nearest known key is \"{}\"", source,
                                 short_text(item.key()), short_text(item.value()),
                                 nearest_name(item.key(), known)));
  }
}

/// The values of one axis of the sweep, from a single number or a list.
struct Axis {
  std::vector<std::int64_t> values;
  bool is_list = false;
};

using CheckedSize = std::int64_t (*)(const json& value, const ValueOrigin& origin);

std::int64_t checked_depth(const json& value, const ValueOrigin& origin) {
  return checked_integer(value, origin, limits::depth);
}

std::optional<Axis> read_axis(const ConfigReader& reader, const std::string& single, CheckedSize checked) {
  const std::string several = single + "s";
  const json* const value = reader.find(single);
  const auto* const values = reader.list(several, static_cast<std::size_t>(limits::max_points));
  if (value != nullptr && values != nullptr) {
    throw_unexpected(reader.origin(single), short_text(*value) + " beside \"" + several + "\"",
                     fmt::format("either \"{}\" or \"{}\"", single, several));
  }
  if (value != nullptr && value->is_array()) {
    throw_unexpected(reader.origin(single), short_text(*value),
                     fmt::format("one {}; a list is for \"{}\"", single, several));
  }
  if (value != nullptr) return Axis{{checked(*value, reader.origin(single))}, false};
  if (values == nullptr) return std::nullopt;
  Axis axis{{}, true};
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const ValueOrigin origin = reader.origin(several).item(i);
    axis.values.push_back(checked((*values)[i], origin));
    if (!seen.insert(axis.values.back()).second) {
      throw_unexpected(origin, short_text((*values)[i]) + " a second time", "no repetition");
    }
  }
  return axis;
}

void read_sweep(const ConfigReader& reader, Config& config, std::vector<std::string>& warnings) {
  std::optional<Axis> widths = read_axis(reader, "width", checked_width);
  std::optional<Axis> depths = read_axis(reader, "depth", checked_depth);
  if (!widths && !depths) {
    throw UsageError(
        fmt::format("{}: keys \"widths\" and \"depths\": missing, expected \"widths\" (a list) with "
                    "\"depth\", \"depths\" (a list) with \"width\", or both lists",
                    reader.source()));
  }
  if (!widths) {
    widths = depths->is_list ? Axis{{5}, false} : Axis{{5, 10, 20, 40, 80, 160}, true};
    warnings.push_back(
        fmt::format("{}: no key \"width\" or \"widths\"; the published default is used", reader.source()));
  }
  if (!depths) {
    depths = widths->is_list ? Axis{{2}, false} : Axis{{2, 3, 4, 5, 6, 7, 8, 9, 10}, true};
    warnings.push_back(
        fmt::format("{}: no key \"depth\" or \"depths\"; the published default is used", reader.source()));
  }
  const auto count = static_cast<std::int64_t>(widths->values.size() * depths->values.size());
  if (count > limits::max_points) {
    throw_unexpected(reader.origin("widths"), fmt::format("a grid of {} points", count),
                     fmt::format("at most {} points", limits::max_points));
  }
  if (widths->is_list && depths->is_list) {
    config.axis = SweepAxis::Grid;
  } else {
    config.axis = depths->is_list ? SweepAxis::Depth : SweepAxis::Width;
  }
  for (const std::int64_t width : widths->values) {
    for (const std::int64_t depth : depths->values) config.points.push_back({width, depth, 0.0, 0.0});
  }
}

/// How many of a per-point list's items are used: one for all points, or one each.
std::size_t used_items(const ConfigReader& reader, const std::string& key, std::size_t length,
                       std::size_t points, std::vector<std::string>& warnings) {
  if (length == 1) return 1;
  if (length < points) {
    throw_unexpected(reader.origin(key), fmt::format("a list of {} values", length),
                     fmt::format("1 value, or {}: one for each point of the sweep", points));
  }
  if (length > points) {
    warnings.push_back(
        fmt::format("{}: key \"{}\": {} values for the {} points of its sweep; the last {} are not used",
                    reader.source(), key, length, points, length - points));
  }
  return points;
}

void read_per_point(const ConfigReader& reader, const std::string& key, double published_default,
                    double Point::*member, Config& config, std::vector<std::string>& warnings) {
  const json* const value = reader.find(key);
  const bool one = value != nullptr && !value->is_array();
  const double of_all = one ? checked_real(*value, reader.origin(key), limits::positive) : published_default;
  for (Point& point : config.points) point.*member = of_all;
  if (one) return;
  const auto* const items = reader.list(key, static_cast<std::size_t>(limits::max_points));
  if (items == nullptr) return;
  for (std::size_t i = 0; i < items->size(); ++i) {
    checked_real((*items)[i], reader.origin(key).item(i), limits::positive);
  }
  const std::size_t used = used_items(reader, key, items->size(), config.points.size(), warnings);
  for (std::size_t i = 0; i < config.points.size(); ++i) {
    config.points[i].*member = (*items)[used == 1 ? 0 : i].get<double>();
  }
}

void read_batch_sizes(const ConfigReader& reader, Config& config, std::vector<std::string>& warnings) {
  const std::string key = "gnc_batch_sizes";
  const auto* const items = reader.list(key, static_cast<std::size_t>(limits::max_points));
  if (items == nullptr) return;
  for (std::size_t i = 0; i < items->size(); ++i) {
    config.gnc_batch_sizes.push_back(static_cast<std::uint64_t>(
        checked_integer((*items)[i], reader.origin(key).item(i), limits::batch_size)));
  }
  config.gnc_batch_sizes.resize(used_items(reader, key, items->size(), config.points.size(), warnings));
}

void read_tolerances(const ConfigReader& reader, Config& config) {
  const std::string key = "gnc_eps_train";
  const json* const value = reader.find(key);
  if (value == nullptr) return;
  if (!value->is_array()) {
    config.gnc_eps_train = {checked_real(*value, reader.origin(key), limits::eps_train)};
    return;
  }
  config.gnc_eps_train.clear();
  const auto& items = *reader.list(key, static_cast<std::size_t>(limits::max_tolerances));
  std::set<double> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ValueOrigin origin = reader.origin(key).item(i);
    config.gnc_eps_train.push_back(checked_real(items[i], origin, limits::eps_train));
    if (!seen.insert(config.gnc_eps_train.back()).second) {
      throw_unexpected(origin, short_text(items[i]) + " a second time", "no repetition");
    }
  }
  std::sort(config.gnc_eps_train.begin(), config.gnc_eps_train.end(), std::greater<>());
}

bool is_control(char byte) { return static_cast<unsigned char>(byte) < ' '; }

constexpr std::size_t kLongestName = 200;  // bytes, of at most 255 in the name of a folder

/// A name for what the config in a file describes. A file can have a name that none may.
std::string name_of_file(const std::string& path) {
  std::string name = std::filesystem::path(path).stem().string();
  if (name == "." || name == "..") return "run";
  std::ranges::replace_if(name, is_control, '_');
  if (name.size() > kLongestName) {
    std::size_t end = kLongestName;
    const auto continues_letter = [&] { return (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U; };
    while (end > 0 && continues_letter()) --end;
    name.resize(end);
  }
  return name;
}

void read_name(const ConfigReader& reader, Config& config) {
  config.name = name_of_file(reader.source());
  const json* const value = reader.find("name");
  if (value == nullptr) return;
  config.name = checked_string(*value, reader.origin("name"));
  const bool bad_character =
      config.name.find('/') != std::string::npos || std::ranges::any_of(config.name, is_control);
  if (config.name.empty() || config.name.size() > kLongestName || bad_character || config.name == "." ||
      config.name == "..") {
    throw_unexpected(
        reader.origin("name"), short_text(*value),
        fmt::format("1 to {} bytes, without '/' or control characters, neither . nor ..", kLongestName));
  }
}

void read_problem_path(const ConfigReader& reader, Config& config) {
  const json* const value = reader.find("problem");
  if (value == nullptr) return;
  const std::filesystem::path path = checked_string(*value, reader.origin("problem"));
  if (path.empty()) throw_unexpected(reader.origin("problem"), "\"\"", "the path of a problem file");
  const auto folder = std::filesystem::path(reader.source()).parent_path();
  config.problem_file = std::filesystem::absolute(folder / path).lexically_normal().string();
}

/// The published code wrote to these folders; here everything of a run is in one.
void read_published_folders(const ConfigReader& reader, std::vector<std::string>& warnings) {
  std::vector<std::string> given;
  for (const std::string key : {"results_dir", "figures_dir"}) {
    const json* const folder = reader.find(key);
    if (folder == nullptr) continue;
    checked_string(*folder, reader.origin(key));
    given.push_back(key);
  }
  if (given.empty()) return;
  warnings.push_back(fmt::format(
      "{}: key{} \"{}\": not used; results and figures go to the run's folder, which --out chooses",
      reader.source(), given.size() > 1 ? "s" : "", fmt::join(given, "\" and \"")));
}

}  // namespace

const std::vector<std::string>& config_keys() {
  static const std::vector<std::string> keys{"n_rows",
                                             "n_cols",
                                             "gt_rank",
                                             "gt_norm",
                                             "num_seeds",
                                             "completion",
                                             "num_measurements",
                                             "activation",
                                             "negative_slope",
                                             "gnc_num_samples",
                                             "gnc_batch_sizes",
                                             "gnc_eps_train",
                                             "gnc_init",
                                             "gnc_normalize",
                                             "gnc_softening",
                                             "gd_lrs",
                                             "gd_epochs",
                                             "gd_init_scales",
                                             "gd_log_period",
                                             "gd_print_period",
                                             "gd_momentum",
                                             "gd_verbose",
                                             "width",
                                             "widths",
                                             "depth",
                                             "depths",
                                             "results_dir",
                                             "figures_dir",
                                             "name",
                                             "seed",
                                             "estimator",
                                             "splitting_particles",
                                             "splitting_sweeps",
                                             "splitting_populations",
                                             "draw",
                                             "chunk_size",
                                             "max_stored",
                                             "problem",
                                             "gd"};
  return keys;
}

ParsedConfig parse_config(const json& object, std::string_view source) {
  if (!object.is_object()) {
    throw UsageError(fmt::format("{}: got {}, expected a JSON object with the keys of a config", source,
                                 short_text(object)));
  }
  check_keys(object, source);

  ParsedConfig parsed;
  for (const auto& item : object.items()) parsed.explicit_keys.push_back(item.key());
  const ConfigReader reader(object, source);
  Config& config = parsed.config;
  read_name(reader, config);

  reader.integer("n_rows", config.n_rows, limits::rows_or_columns);
  reader.integer("n_cols", config.n_cols, limits::rows_or_columns);
  reader.integer("gt_rank", config.gt_rank, limits::rows_or_columns);
  reader.real("gt_norm", config.gt_norm, limits::gt_norm);
  reader.integer("num_seeds", config.num_seeds, limits::num_seeds);
  reader.boolean("completion", config.completion);
  reader.integer("num_measurements", config.num_measurements, {1, limits::max_entries});
  reader.choice("activation", config.activation, activation_names());
  reader.real("negative_slope", config.negative_slope, limits::negative_slope);

  reader.unsigned_integer("gnc_num_samples", config.gnc_num_samples, limits::num_samples);
  read_tolerances(reader, config);
  reader.choice("gnc_init", config.gnc_init, prior_names());
  reader.boolean("gnc_normalize", config.gnc_normalize);
  reader.real("gnc_softening", config.gnc_softening, limits::softening);

  reader.integer("gd_epochs", config.gd_epochs, limits::gd_epochs);
  reader.real("gd_momentum", config.gd_momentum, limits::gd_momentum);
  reader.integer("gd_log_period", config.gd_log_period, limits::gd_epochs);
  reader.integer("gd_print_period", config.gd_print_period, limits::gd_epochs);
  reader.boolean("gd_verbose", config.gd_verbose);
  reader.boolean("gd", config.gd);

  if (const json* seed = reader.find("seed")) config.seed = checked_unsigned(*seed, reader.origin("seed"));
  reader.choice("estimator", config.estimator, estimator_names());
  reader.integer("splitting_particles", config.splitting_particles, limits::splitting_particles);
  reader.integer("splitting_sweeps", config.splitting_sweeps, limits::splitting_sweeps);
  reader.integer("splitting_populations", config.splitting_populations, limits::splitting_populations);
  reader.choice("draw", config.draw, draw_law_names());
  reader.unsigned_integer("chunk_size", config.chunk_size, limits::chunk_size);
  reader.integer("max_stored", config.max_stored, limits::max_stored);
  read_problem_path(reader, config);
  read_published_folders(reader, parsed.warnings);

  read_sweep(reader, config, parsed.warnings);
  read_batch_sizes(reader, config, parsed.warnings);
  read_per_point(reader, "gd_lrs", 1e-2, &Point::gd_lr, config, parsed.warnings);
  read_per_point(reader, "gd_init_scales", 1e-2, &Point::gd_init_scale, config, parsed.warnings);

  check_combination(config, [&](std::string_view key) {
    const bool single_width = key == "widths" && reader.find("width") != nullptr;
    return reader.origin(single_width ? "width" : key);
  });
  return parsed;
}

ParsedConfig load_config(const std::filesystem::path& path) {
  constexpr std::size_t max_bytes = std::size_t{16} << 20;
  return parse_config(read_json_file(path, max_bytes), path.string());
}

}  // namespace gnc
