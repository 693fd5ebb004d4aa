#include "host/statistics/loss_statistics.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace gnc {

LossStatistics loss_statistics(const LossSums& sums) {
  LossStatistics statistics;
  if (sums.count == 0) return statistics;
  const auto n = static_cast<double>(sums.count);
  const double mean = sums.loss.value(kLossBits) / n;
  // Each loss that was too large itself, not its square alone, has added the largest fixed-point number.
  constexpr std::uint64_t kHeldAt = 0x7fffffffffffffffu;
  statistics.too_large = sums.saturated > 0 && (sums.loss.high > 0 || sums.loss.low >= kHeldAt);
  if (mean < kLeastMeanLoss || statistics.too_large) return statistics;
  statistics.mean = mean;
  if (sums.count >= 2 && sums.saturated == 0) {
    const double spread = sums.square.value(kSquareBits) / n - mean * mean;
    // What rounding to the grid, and then to doubles, can have done to the spread. Below 20 times that, the
    // standard error could be wrong by more than a fortieth.
    const double rounding =
        std::ldexp(0.5, -kSquareBits) + 4.0 * std::numeric_limits<double>::epsilon() * mean * mean;
    if (spread >= 20.0 * rounding) statistics.standard_error = std::sqrt(spread / (n - 1.0));
  }
  return statistics;
}

}  // namespace gnc
