#include "host/config/unused_options.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "host/config/names.hpp"

namespace gnc {

std::vector<std::string> unused_option_warnings(const Config& config, const Overrides& overrides) {
  if (config.estimator == Estimator::Auto) return {};
  std::vector<std::string> warnings;
  const auto warn = [&](bool given, const char* option, const char* who) {
    if (!given) return;
    warnings.push_back(fmt::format("option {}: not used by estimator {}, but by {}", option,
                                   name_of(config.estimator), who));
  };
  if (config.estimator == Estimator::Splitting) {
    warn(overrides.num_samples.has_value(), "--num-samples", "reject and conditional");
    warn(overrides.chunk_size.has_value(), "--chunk-size", "reject and conditional");
  } else {
    warn(overrides.splitting_particles.has_value(), "--particles", "splitting");
    warn(overrides.splitting_sweeps.has_value(), "--sweeps", "splitting");
    warn(overrides.splitting_populations.has_value(), "--populations", "splitting");
  }
  // Infinite width is drawn by this law alone, whatever the estimator.
  const bool infinite =
      std::ranges::any_of(config.points, [](const Point& point) { return point.width == kInfiniteWidth; });
  const bool product = overrides.draw == DrawLaw::Product && config.estimator != Estimator::Reject;
  warn(product && !infinite, "--draw product", "reject");
  return warnings;
}

}  // namespace gnc
