#pragma once

#include <optional>

#include "kernels/fixed_point.hpp"

namespace gnc {

/// Mean of the summed losses and its standard error.
struct LossStatistics {
  std::optional<double> mean;  ///< absent without a loss
  /// sqrt(sample variance / count). Absent below two losses, where they vary by less than the sums resolve
  /// (about 1e-5), and where a loss or its square was beyond the range of the sums.
  std::optional<double> standard_error;
};

LossStatistics loss_statistics(const LossSums& sums);

}  // namespace gnc
