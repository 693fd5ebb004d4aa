#pragma once

#include <cstdint>
#include <optional>

#include "host/statistics/log10_rates.hpp"
#include "host/statistics/quantile.hpp"
#include "kernels/weight_tally.hpp"

namespace gnc {

/// What weighted draws say about one cell and tolerance.
struct WeightStatistics {
  double rate = 0.0;  ///< mean weight; 0 without a draw of nonzero weight, and below the normal doubles
  /// 95 % interval of the rate, within [0, 1]. Its upper end also leaves room for large weights that have not
  /// been met (weight_tail). Without a draw of nonzero weight: from 0 to Clopper and Pearson's bound for none
  /// accepted of as many draws, times the largest weight.
  double rate_low = 0.0, rate_high = 1.0;
  Log10Rates log10{};              ///< of the three, also of what is below the normal doubles
  std::optional<double> ess;       ///< effective sample size (sum w)^2 / sum w^2
  std::optional<double> pareto_k;  ///< of the largest weights (weight_tail)
  std::optional<double> gen;       ///< posterior mean of the generalization loss, self-normalised
  /// Its standard error: delta method, the residuals' sum of squares made up for what the largest weights
  /// take from it (n / (n - 1) for n equal weights), and made larger by what the room for unmet weights adds
  /// to the upper half of the rate's interval. Absent below two draws of nonzero weight, and where
  /// losses vary by, or weights leave to all but one draw, no more than rounding.
  std::optional<double> gen_se;
  std::optional<Quartiles> gen_quartiles;  ///< weighted, of the posterior draws that are kept
  double quartile_draws = 0.0;             ///< effective number of these: (sum w)^2 / sum w^2
};

/// `drawn`: draws behind the tally, those of weight 0 included.
WeightStatistics weight_statistics(const WeightTally& tally, std::uint64_t drawn);

}  // namespace gnc
