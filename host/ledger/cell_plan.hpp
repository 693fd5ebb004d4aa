#pragma once

#include <cstdint>
#include <string>

#include "host/config/config.hpp"

namespace gnc {

/// How a cell is estimated.
struct CellPlan {
  Estimator estimator = Estimator::Reject;  ///< never Auto
  /// Units of its budget: draws; hidden draws for `conditional`; populations for `splitting`.
  std::uint64_t budget = 0;
  std::string reason;  ///< why, in words for the user, where `auto` chose; else empty

  bool operator==(const CellPlan&) const = default;
};

/// The plan of every cell of a config whose estimator is not Auto.
inline CellPlan plan_of(const Config& config) {
  const bool splitting = config.estimator == Estimator::Splitting;
  return {config.estimator,
          splitting ? static_cast<std::uint64_t>(config.splitting_populations) : config.gnc_num_samples,
          {}};
}

}  // namespace gnc
