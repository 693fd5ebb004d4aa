#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/shard.hpp"
#include "host/report/rate.hpp"
#include "host/statistics/log10_rates.hpp"

namespace gnc {

/// The rate and the generalization loss of a cell at one tolerance: a point of the curves P(eps) and
/// generalization(eps), which `splitting` gives.
struct CurveResult {
  double eps_train = 0.0;
  /// accepted / drawn, or what the estimator has in its place; 0 while nothing was drawn, where some
  /// population did not reach the tolerance, and below the normal doubles.
  double acceptance_rate = 0.0;
  double rate_low = 0.0, rate_high = 1.0;  ///< 95 % interval
  std::optional<double> gnc_gen{};         ///< posterior mean of the generalization loss
  std::optional<double> gnc_gen_se{};      ///< its standard error; see LossStatistics for where it is absent
  Log10Rates log10{};  ///< of rate and interval; what counts where these are below the normal doubles

  Rate rate() const { return {acceptance_rate, log10.rate}; }
  Rate low() const { return {rate_low, log10.low}; }
  Rate high() const { return {rate_high, log10.high}; }
  /// Else the rate is known by its upper bound alone: nothing accepted, a tolerance that was not reached, or
  /// populations outstanding.
  bool has_rate() const { return rate().positive(); }
};

/// What a cell has at a tolerance of the config.
struct ToleranceResult : CurveResult {
  /// With weights: draws of nonzero weight. For splitting: particles below the tolerance, 0 where some
  /// population did not reach it.
  std::uint64_t accepted = 0;
  std::optional<double> gnc_gen_median{}, gnc_gen_q25{}, gnc_gen_q75{};
  /// Accepted draws the quantiles rest on; the effective number of weighted ones.
  std::uint64_t quantile_draws = 0;
  std::optional<double> ess{};       ///< effective sample size of weighted draws; absent for reject
  std::optional<double> pareto_k{};  ///< Pareto k-hat of their weights; absent for reject
  /// Standard deviation of the logarithm of the populations' rates; absent but for splitting.
  std::optional<double> population_spread{};
};

/// One (point, seed) of a run, finished or not.
struct CellResult {
  std::int64_t width = 0;  ///< or kInfiniteWidth
  std::int64_t depth = 0;
  std::int64_t seed = 0;                    ///< replicate, from 0
  Estimator estimator = Estimator::Reject;  ///< never Auto
  std::string reason{};                     ///< why, where `auto` chose
  std::uint64_t drawn = 0;                  ///< draws finished so far; for splitting forward passes
  std::vector<CurveResult> curve{};         ///< largest tolerance first; empty but for splitting
  std::optional<double> level_reached{};    ///< by every population, where some did not reach a tolerance
  std::uint64_t populations = 0;            ///< finished ones, for splitting
  bool populations_outstanding = false;     ///< beside some that are finished
  std::uint64_t particles = 0;              ///< of each; fewer than the config's where memory holds no more
  std::vector<ToleranceResult> tolerances;  ///< in the config's order, largest first
  std::optional<double> prior_gen;          ///< prior mean of the generalization loss
  std::optional<double> prior_gen_se;
  std::uint64_t prior_count = 0;    ///< losses it is the mean of
  double prior_error_by_law = 0.0;  ///< standard error that the prior's law would have it have
  /// Draws of these whose normalised Y is 0 or beyond single precision and has no loss: never accepted.
  std::uint64_t without_loss = 0;
  std::optional<double> gd_gen, gd_train;  ///< infinity where gradient descent diverged
  double gnc_seconds = 0.0;                ///< this cell's share of the wall time of all threads
  double gd_seconds = 0.0;
  double samples_per_second = 0.0;  ///< drawn per second of wall time while the cell was worked on; 0 unknown
  std::uint64_t saturated = 0;      ///< losses too large for the fixed-point sums
  std::size_t tiny_means = 0;       ///< means left empty as the fixed-point sums do not hold losses so small
  std::size_t large_means = 0;      ///< means left empty as they do not hold losses so large
};

/// A run as `gnc show` and `gnc report` see it.
struct RunResults {
  Config config;
  std::string engine = "cpu";  ///< engine that executed the chunks
  bool finished = false;       ///< every cell has its budget and its GD result; of a shard, its part of both
  Shard shard{};               ///< the part of a run that this is
  std::size_t descents_elsewhere = 0;  ///< gradient-descent runs that other shards have to do
  std::vector<CellResult> cells;       ///< by point in the sweep's order, then by seed
};

}  // namespace gnc
