#pragma once

#include <optional>

#include "kernels/fixed_point.hpp"

namespace gnc {

/// The least mean of losses that their sums hold.
inline constexpr double kLeastMeanLoss = 0x1p-36;
static_assert(kLossBits == 40);

/// Mean of the summed losses and its standard error.
struct LossStatistics {
  /// Absent without a loss; below kLeastMeanLoss, where that each was rounded could have made more than a
  /// 32nd; and where it is too large.
  std::optional<double> mean;
  bool too_large = false;  ///< a loss that was beyond the range of the sums may be among them
  /// sqrt(sample variance / count). Absent below two losses, where they vary by less than the sums resolve
  /// (about 1e-5), and where a loss or its square was beyond the range of the sums.
  std::optional<double> standard_error;
};

LossStatistics loss_statistics(const LossSums& sums);

}  // namespace gnc
