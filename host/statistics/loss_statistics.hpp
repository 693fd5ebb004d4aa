#pragma once

#include <optional>

#include "kernels/fixed_point.hpp"

namespace gnc {

/// Mean of the summed losses and its standard error.
struct LossStatistics {
  std::optional<double> mean;            ///< absent without a loss
  std::optional<double> standard_error;  ///< sqrt(sample variance / count); absent below two losses, and
                                         ///< where they vary by less than the sums resolve (about 1e-5)
};

LossStatistics loss_statistics(const LossSums& sums);

}  // namespace gnc
