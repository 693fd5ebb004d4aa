#include "host/cli/requested_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "host/cli/availability.hpp"
#include "host/config/presets.hpp"
#include "host/config/sweep.hpp"
#include "host/config/unused_options.hpp"
#include "host/engine/train_filter.hpp"
#include "host/problem/problem_file.hpp"

namespace gnc {
namespace {

/// The least mean_i (<A_i, Y> - b_i)^2 of any matrix Y.
double least_train_loss(const Problem& problem) {
  return train_filter(problem.A_train, problem.b_train).base / static_cast<double>(problem.n_train());
}

}  // namespace

RequestedRun requested_run(const RunCommand& command) {
  ParsedConfig parsed = preset_or_file(command.experiment);
  RequestedRun run{apply_overrides(std::move(parsed.config), command.overrides),
                   std::move(parsed.warnings),
                   {},
                   command.overrides.eps_train.empty() ? ValueOrigin::key(command.experiment, "gnc_eps_train")
                                                       : ValueOrigin::option("--eps-train")};
  const bool one_width =
      std::ranges::find(parsed.explicit_keys, std::string("width")) != parsed.explicit_keys.end();
  check_infinite_width(run.config, command.overrides.widths.empty()
                                       ? ValueOrigin::key(command.experiment, one_width ? "width" : "widths")
                                       : ValueOrigin::option("--widths"));
  for (std::string& warning : unused_option_warnings(run.config, command.overrides)) {
    run.warnings.push_back(std::move(warning));
  }
  require_available(run.config, [&](std::string_view key) {
    const bool given =
        key == "draw" ? command.overrides.draw.has_value() : command.overrides.estimator.has_value();
    return given ? ValueOrigin::option("--" + std::string(key)) : ValueOrigin::key(command.experiment, key);
  });
  if (run.config.problem_file) {
    const std::string& file = *run.config.problem_file;
    if (std::error_code error; !std::filesystem::exists(file, error)) {
      throw_unexpected(command.overrides.problem_file ? ValueOrigin::option("--problem")
                                                      : ValueOrigin::key(command.experiment, "problem"),
                       file + ", which cannot be read: there is none", "a problem file");
    }
    const Problem problem = read_problem(file);
    run.config = with_problem_sizes(std::move(run.config), problem, parsed.explicit_keys, command.experiment);
    run.problem_json = problem_json(problem).dump();
    const double least = least_train_loss(problem);
    if (least >= run.config.gnc_eps_train.back()) {
      run.warnings.push_back(
          fmt::format("{}: no matrix has a train loss below {:.6g}, what least squares leave of the targets: "
                      "nothing is accepted at smaller tolerances",
                      file, least));
    }
  }
  return run;
}

std::optional<Shard> requested_shard(const RunCommand& command) {
  if (!command.shard) return std::nullopt;
  const std::optional<Shard> shard = parse_shard(*command.shard);
  if (!shard) {
    throw_unexpected(ValueOrigin::option("--shard"), short_text(*command.shard),
                     fmt::format("I/N, part I of N, with 1 <= I <= N <= {}", Shard::kMost));
  }
  return shard;
}

}  // namespace gnc
