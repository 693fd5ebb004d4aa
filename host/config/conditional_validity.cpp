#include "host/config/conditional_validity.hpp"

#include <fmt/format.h>

#include "host/errors.hpp"

namespace gnc {

std::string why_not_conditional(const Config& config, const Point& point) {
  if (config.gnc_init != Prior::Gauss) {
    return "\"gnc_init\" = \"unif\": expected \"gauss\", as it integrates over a Gaussian last layer";
  }
  if (config.gnc_normalize) {
    return "\"gnc_normalize\" = true: expected false, as a normalised matrix is not Gaussian given the "
           "hidden layers";
  }
  // The limit of infinite width is Gaussian without conditions.
  if (point.depth < 2 && point.width != kInfiniteWidth)
    return "depth 1: expected depths of 2 or more, as there must be a hidden layer";
  return {};
}

void require_conditional(const Config& config, const ValueOrigin& origin) {
  for (const Point& point : config.points) {
    const std::string reason = why_not_conditional(config, point);
    if (!reason.empty()) {
      throw UsageError(fmt::format("{}: got conditional together with {}", origin.text(), reason));
    }
  }
}

}  // namespace gnc
