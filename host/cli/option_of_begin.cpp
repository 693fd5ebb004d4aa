#include "host/cli/option_of_begin.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "host/config/names.hpp"

namespace gnc {

std::optional<GivenOption> option_of_begin(const Overrides& overrides) {
  std::optional<GivenOption> first;
  const auto look = [&](const char* name, bool given, const auto& value) {
    if (given && !first) first = GivenOption{name, value()};
  };
  const auto single = [&](const char* name, const auto& member) {
    look(name, member.has_value(), [&] { return fmt::format("{}", *member); });
  };
  const auto list = [&](const char* name, const auto& values) {
    look(name, !values.empty(), [&] { return fmt::format("{}", fmt::join(values, ",")); });
  };
  std::vector<std::string> widths;
  for (const std::int64_t width : overrides.widths) widths.push_back(width_name(width));
  single("--num-seeds", overrides.num_seeds);
  list("--widths", widths);
  list("--depths", overrides.depths);
  list("--eps-train", overrides.eps_train);
  single("--problem", overrides.problem_file);
  single("--seed", overrides.seed);
  look("--draw", overrides.draw.has_value(), [&] { return std::string(name_of(*overrides.draw)); });
  look("--estimator", overrides.estimator.has_value(),
       [&] { return std::string(name_of(*overrides.estimator)); });
  single("--particles", overrides.splitting_particles);
  single("--sweeps", overrides.splitting_sweeps);
  single("--chunk-size", overrides.chunk_size);
  look("--no-gd", overrides.no_gd, [] { return std::string("it"); });
  return first;
}

}  // namespace gnc
