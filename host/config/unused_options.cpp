#include "host/config/unused_options.hpp"

#include <fmt/core.h>

#include "host/config/names.hpp"
#include "host/config/unused_keys.hpp"

namespace gnc {

std::vector<std::string> unused_option_warnings(const Config& config, const Overrides& overrides) {
  std::vector<std::string> warnings;
  const auto warn = [&](bool given, const char* option, const char* key, const char* who) {
    if (!given || !is_unused(config, key)) return;
    warnings.push_back(fmt::format("option {}: not used by estimator {}, but by {}", option,
                                   name_of(config.estimator), who));
  };
  const char* const by_draws = "reject and conditional";
  warn(overrides.num_samples.has_value(), "--num-samples", "gnc_num_samples", by_draws);
  warn(overrides.chunk_size.has_value(), "--chunk-size", "chunk_size", by_draws);
  warn(overrides.splitting_particles.has_value(), "--particles", "splitting_particles", "splitting");
  warn(overrides.splitting_sweeps.has_value(), "--sweeps", "splitting_sweeps", "splitting");
  warn(overrides.splitting_populations.has_value(), "--populations", "splitting_populations", "splitting");
  warn(overrides.draw == DrawLaw::Product, "--draw product", "draw", "reject");
  return warnings;
}

}  // namespace gnc
