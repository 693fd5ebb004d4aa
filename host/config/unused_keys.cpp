#include "host/config/unused_keys.hpp"

#include <algorithm>
#include <initializer_list>

#include "host/config/sweep.hpp"

namespace gnc {

std::vector<std::string_view> unused_keys(const Config& config) {
  std::vector<std::string_view> keys = {"gnc_batch_sizes", "gd_log_period", "gd_print_period", "gd_verbose"};
  const auto unless = [&](bool used, std::initializer_list<std::string_view> more) {
    if (!used) keys.insert(keys.end(), more);
  };
  const bool descends_anywhere =
      std::ranges::any_of(config.points, [&](const Point& point) { return descends(config, point); });
  // It is drawn by law `product` alone, whatever the estimator.
  const bool infinite =
      std::ranges::any_of(config.points, [](const Point& point) { return point.width == kInfiniteWidth; });
  const bool rejects = config.estimator == Estimator::Reject || config.estimator == Estimator::Auto;
  unless(config.activation == Activation::LeakyRelu, {"negative_slope"});
  unless(config.gnc_normalize, {"gnc_softening"});
  unless(config.estimator != Estimator::Splitting, {"gnc_num_samples", "chunk_size"});
  unless(config.may_split(), {"splitting_particles", "splitting_sweeps", "splitting_populations"});
  unless(rejects || infinite, {"draw"});
  unless(descends_anywhere, {"gd_lrs", "gd_epochs", "gd_init_scales", "gd_momentum"});
  return keys;
}

bool is_unused(const Config& config, std::string_view key) {
  return std::ranges::count(unused_keys(config), key) > 0;
}

}  // namespace gnc
