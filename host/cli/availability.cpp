#include "host/cli/availability.hpp"

#include <fmt/core.h>

#include "host/config/names.hpp"
#include "host/engine/conditional_measurements.hpp"
#include "host/errors.hpp"

namespace gnc {

void require_available(const Config& config, const OriginOfKey& origin_of) {
  if (config.estimator == Estimator::Conditional) require_conditional(config, origin_of("estimator"));
  if (config.draw != DrawLaw::Factors) {
    throw UsageError(fmt::format("{}: got {}: not available yet, expected factors", origin_of("draw").text(),
                                 name_of(config.draw)));
  }
}

void require_available(const RunCommand& run) {
  if (run.shard) {
    throw UsageError(
        fmt::format("option --shard: got {}: splitting a run over hosts is not available yet", *run.shard));
  }
}

void require_available(const MergeCommand& merge) {
  throw UsageError(fmt::format("gnc merge {}: merging runs is not available yet", merge.out));
}

}  // namespace gnc
