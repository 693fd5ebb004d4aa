#pragma once

#include <cstdint>
#include <numbers>
#include <optional>

#include "kernels/weight_tally.hpp"

namespace gnc {

/// No weight is above this (docs/methods.md, `conditional`: w <= M(t) exp(t R^2)).
constexpr double kMostWeight = std::numbers::e;

/// What a generalized Pareto law of the largest weights says.
struct WeightTail {
  double shape = 0.0;  ///< k-hat: from 1/2 on weights have no variance, from 1 on no mean
  /// Logarithm of how many times larger the sum of the weights is expected to be than it was found, if the
  /// shape is at the upper end of its 95 % interval.
  double log_room = 0.0;
};

/// The tail of `drawn` draws: their largest min(N / 5, 3 sqrt N, kLargestWeights - 1) weights (Vehtari et
/// al., JMLR 25, 2024), and at most a fifth of those that are not 0. Its interval: the maximum likelihood
/// estimate of the shape has the variance (1 + k)^2 / n, and the scale goes with it by -scale / (1 + k)
/// (Smith, Biometrika 72, 1985). Absent where there are too few weights for a fit.
std::optional<WeightTail> weight_tail(const WeightTally& tally, std::uint64_t drawn);

}  // namespace gnc
