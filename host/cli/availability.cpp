#include "host/cli/availability.hpp"

#include <fmt/core.h>

#include "host/config/conditional_validity.hpp"
#include "host/config/names.hpp"
#include "host/errors.hpp"

namespace gnc {

void require_available(const Config& config, const OriginOfKey& origin_of) {
  if (config.estimator == Estimator::Conditional) require_conditional(config, origin_of("estimator"));
  if (config.draw == DrawLaw::Product && config.gnc_init != Prior::Gauss) {
    throw UsageError(fmt::format(
        "{}: got {} together with gnc_init {}: it rests on Gaussian weights, expected gnc_init {} or "
        "draw {}",
        origin_of("draw").text(), name_of(config.draw), name_of(config.gnc_init), name_of(Prior::Gauss),
        name_of(DrawLaw::Factors)));
  }
}

}  // namespace gnc
