#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/splitting/population.hpp"
#include "host/statistics/log10_rates.hpp"
#include "host/statistics/quantile.hpp"

namespace gnc {

/// What independent populations say of one tolerance.
struct SplittingEstimate {
  bool reached = false;  ///< by every population; else the rate is 0 and rate_high an upper bound
  double rate = 0.0;     ///< mean of the populations' rates; 0 also below the normal doubles
  /// 95 % interval, within [0, 1]: Student's t on the logarithm of the populations' rates, with what their
  /// spread adds to the error of the logarithm of a lognormal mean; Clopper and Pearson's of all particles
  /// where every population's rate is at least 0.5.
  double rate_low = 0.0, rate_high = 1.0;
  Log10Rates log10{};         ///< of the three, also of what is below the normal doubles
  double log_spread = 0.0;    ///< standard deviation of the logarithm of the populations' rates
  std::optional<double> gen;  ///< posterior mean of the generalization loss: populations weighted by rate
  /// Its standard error, from the spread over populations; absent if none. With Student's quantile of R - 1
  /// degrees of freedom it makes a 95 % interval, also where a few populations carry the mean.
  std::optional<double> gen_se;
  /// Of the particles below the tolerance, each population's with its rate for a weight; absent where the
  /// populations keep no losses of it.
  std::optional<Quartiles> gen_quartiles;
  std::uint64_t below = 0;  ///< these particles
};

/// The points of R >= 2 populations at one tolerance, of so many `particles` each; without that number (0)
/// every interval is Student's. Where some population did not reach the tolerance, rate_high is 1.
/// Throws std::invalid_argument below two points.
SplittingEstimate splitting_estimate(std::span<const CurvePoint> points, std::uint64_t particles = 0);

/// Estimates at every tolerance of the curves of R >= 2 populations, which have the same tolerances, the
/// largest first. One that some population did not reach has the rate_high of the last one before that all
/// reached, which its rate cannot exceed; 1 where there is none. `outstanding`: others are not finished.
/// Those that need the fewest levels are finished first, a selection of the largest rates, which bounds the
/// rates from above alone. Throws std::invalid_argument for other curves.
std::vector<SplittingEstimate> splitting_estimates(std::span<const std::vector<CurvePoint>> curves,
                                                   std::uint64_t particles, bool outstanding = false);

}  // namespace gnc
