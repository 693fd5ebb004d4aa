#pragma once

#include <optional>

#include "kernels/fixed_point.hpp"

namespace gnc {

/// The least mean of losses that their sums hold.
inline constexpr double kLeastMeanLoss = 0x1p-36;
static_assert(kLossBits == 40);

/// Mean of the summed losses and its standard error.
struct LossStatistics {
  /// Absent without a loss, and below kLeastMeanLoss: that each was rounded could have made more than a 32nd.
  std::optional<double> mean;
  /// sqrt(sample variance / count). Absent below two losses, where they vary by less than the sums resolve
  /// (about 1e-5), and where a loss or its square was beyond the range of the sums.
  std::optional<double> standard_error;
};

LossStatistics loss_statistics(const LossSums& sums);

}  // namespace gnc
