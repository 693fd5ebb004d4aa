#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "host/splitting/population.hpp"

namespace gnc {

/// What independent populations say of one tolerance.
struct SplittingEstimate {
  bool reached = false;  ///< by every population; else the rate is 0 and rate_high an upper bound
  double rate = 0.0;     ///< mean of the populations' rates; 0 also below the normal doubles
  /// 95 % interval, within [0, 1]: Student's t on the logarithm of the populations' rates, with what their
  /// spread adds to the error of the logarithm of a lognormal mean.
  double rate_low = 0.0, rate_high = 1.0;
  double log_spread = 0.0;       ///< standard deviation of the logarithm of the populations' rates
  std::optional<double> gen;     ///< posterior mean of the generalization loss: populations weighted by rate
  std::optional<double> gen_se;  ///< its standard error, from the spread over populations; absent if none
  std::optional<double> gen_median, gen_q25, gen_q75;  ///< the populations', weighted in the same way
};

/// Upper bound of the rate from R >= 2 populations at one tolerance, whether they reached it or are a
/// selection: the largest of theirs, and half the width of the 95 % interval above it.
/// Throws std::invalid_argument below two points.
double splitting_bound(std::span<const CurvePoint> points);

/// The points of R >= 2 populations at one tolerance. `particles` of each (0: unknown) matter where every
/// particle of every population was below it: their number then bounds the rate from below.
/// Throws std::invalid_argument below two points.
SplittingEstimate splitting_estimate(std::span<const CurvePoint> points, std::uint64_t particles = 0);

}  // namespace gnc
