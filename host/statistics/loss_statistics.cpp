#include "host/statistics/loss_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace gnc {

LossStatistics loss_statistics(const LossSums& sums) {
  LossStatistics statistics;
  if (sums.count == 0) return statistics;
  const auto n = static_cast<double>(sums.count);
  const double mean = sums.loss.value(kLossBits) / n;
  statistics.mean = mean;
  if (sums.count >= 2) {
    // Rounding to the fixed-point grid can leave a variance of zero slightly negative.
    const double variance = std::max(0.0, sums.square.value(kSquareBits) / n - mean * mean) * n / (n - 1.0);
    statistics.standard_error = std::sqrt(variance / n);
  }
  return statistics;
}

}  // namespace gnc
