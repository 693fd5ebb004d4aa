#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace gnc {

/// What the command line changes in a config; an absent value or an empty list changes nothing.
struct Overrides {
  std::optional<std::uint64_t> num_samples;
  std::optional<std::int64_t> num_seeds;
  std::vector<std::int64_t> widths;  ///< may hold kInfiniteWidth
  std::vector<std::int64_t> depths;
  std::vector<double> eps_train;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> chunk_size;
  std::optional<Estimator> estimator;
  std::optional<std::int64_t> splitting_particles;
  std::optional<std::int64_t> splitting_sweeps;
  std::optional<std::int64_t> splitting_populations;
  std::optional<DrawLaw> draw;
  std::optional<std::string> problem_file;  ///< relative to the working directory
  bool no_gd = false;

  bool operator==(const Overrides&) const = default;
};

/// The config with the overrides in place, checked again; messages name the option (`--num-samples`).
///
/// Points of a changed sweep keep the gradient-descent settings of the original point with their width (width
/// sweeps), depth (depth sweeps) or both (grids). A new value takes the settings all original points share;
/// where they differ and gradient descent is on, that is a UsageError.
Config apply_overrides(Config config, const Overrides& overrides);

}  // namespace gnc
