#include "host/cli/problem_config.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "host/config/presets.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"

namespace gnc {

Config problem_config(const ProblemCommand& command) {
  Config config = command.config ? preset_or_file(*command.config).config : Config{};
  if (config.problem_file) {
    throw UsageError(
        fmt::format("option --config: {} takes its problem from {}, expected a config with a random one",
                    *command.config, *config.problem_file));
  }
  if (command.n_rows) config.n_rows = *command.n_rows;
  if (command.n_cols) config.n_cols = *command.n_cols;
  if (command.gt_rank) config.gt_rank = *command.gt_rank;
  if (command.gt_norm) config.gt_norm = *command.gt_norm;
  if (command.num_measurements) config.num_measurements = *command.num_measurements;
  if (command.completion) config.completion = true;
  if (command.seed) config.seed = *command.seed;
  // A draw's weights are no matter here.
  config.points.clear();
  check_combination(config, [](std::string_view key) {
    std::string option = "--" + std::string(key);
    std::replace(option.begin(), option.end(), '_', '-');
    return ValueOrigin::option(option);
  });
  return config;
}

}  // namespace gnc
