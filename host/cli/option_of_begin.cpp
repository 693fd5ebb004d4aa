#include "host/cli/option_of_begin.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "host/config/names.hpp"

namespace gnc {

std::optional<GivenOption> option_of_begin(const Overrides& overrides) {
  // All of them by name, so that one which comes to Overrides does not compile before it has its place here.
  const auto& [num_samples, num_seeds, widths, depths, eps_train, seed, chunk_size, estimator, particles,
               sweeps, populations, draw, problem_file, no_gd] = overrides;
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
  std::vector<std::string> width_names;
  width_names.reserve(widths.size());
  for (const std::int64_t width : widths) width_names.push_back(width_name(width));
  single("--num-seeds", num_seeds);
  list("--widths", width_names);
  list("--depths", depths);
  list("--eps-train", eps_train);
  single("--problem", problem_file);
  single("--seed", seed);
  look("--draw", draw.has_value(), [&draw = draw] { return std::string(name_of(*draw)); });
  look("--estimator", estimator.has_value(),
       [&estimator = estimator] { return std::string(name_of(*estimator)); });
  single("--particles", particles);
  single("--sweeps", sweeps);
  single("--chunk-size", chunk_size);
  look("--no-gd", no_gd, [] { return std::string("it"); });
  return first;
}

}  // namespace gnc
