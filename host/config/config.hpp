#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "kernels/model.hpp"

namespace gnc {

/// `Auto`: one of the others for each cell, see choose_estimators.
enum class Estimator { Reject, Conditional, Splitting, Auto };
/// Which quantity the experiment varies; it decides the first column of results.csv.
enum class SweepAxis { Width, Depth, Grid };

/// The width of a point at the limit of infinite width, `"inf"` in configs; it sorts after all others. No
/// size is ever computed from it: see `network_of`.
constexpr std::int64_t kInfiniteWidth = std::numeric_limits<std::int64_t>::max();

/// One (width, depth) of a sweep with the gradient-descent settings that belong to it.
struct Point {
  std::int64_t width = 0;  ///< or kInfiniteWidth
  std::int64_t depth = 0;
  double gd_lr = 0.0;
  double gd_init_scale = 0.0;

  bool operator==(const Point&) const = default;
};

// With half the sweeps, posterior means of narrow cells at tolerances of 1e-4 stray further than the spread
// over populations says; with twice as many neither they nor the spread of the rates change.
constexpr std::int64_t kDefaultParticles = 4096;
constexpr std::int64_t kDefaultSweeps = 20;
constexpr std::int64_t kDefaultPopulations = 24;

/// One experiment: the keys of the published configs (Alexander et al. 2025) and gnc's own, checked and
/// complete. Values are within the ranges given here once `parse_config` has returned it.
struct Config {
  std::string name;  ///< preset name, or the config file's stem

  std::int64_t n_rows = 5;             ///< 1 .. 4096
  std::int64_t n_cols = 5;             ///< 1 .. 4096
  std::int64_t gt_rank = 1;            ///< 1 .. min(n_rows, n_cols)
  double gt_norm = 1.0;                ///< > 0, Frobenius norm of the ground truth
  std::int64_t num_seeds = 8;          ///< 1 .. 100,000 replicates
  bool completion = false;             ///< one-hot measurements in place of Gaussian ones
  std::int64_t num_measurements = 15;  ///< 1 .. n_rows * n_cols - 1
  Activation activation = Activation::Linear;
  double negative_slope = 0.2;  ///< slope of Leaky ReLU for negative arguments, finite

  std::uint64_t gnc_num_samples = 100'000'000;  ///< draws a cell, 1 .. 2^63 - 1
  std::vector<std::uint64_t> gnc_batch_sizes;   ///< unused; read for the sake of published files
  /// Tolerances in (0, 1e300], sorted, largest first, no repetition.
  std::vector<double> gnc_eps_train{0.01};
  Prior gnc_init = Prior::Gauss;
  bool gnc_normalize = false;
  double gnc_softening = 1e-6;  ///< >= 0

  std::int64_t gd_epochs = 100'000;       ///< >= 1
  double gd_momentum = 0.0;               ///< 0 <= momentum < 1
  std::int64_t gd_log_period = 100;       ///< accepted for published files
  std::int64_t gd_print_period = 10'000;  ///< accepted for published files
  bool gd_verbose = false;                ///< accepted for published files
  bool gd = true;                         ///< false: no gradient-descent baseline (--no-gd)

  SweepAxis axis = SweepAxis::Width;
  std::vector<Point> points;  ///< the sweep in the order given, at least one, no repetition

  std::uint64_t seed = 0;  ///< run seed
  Estimator estimator = Estimator::Reject;
  std::int64_t splitting_particles = kDefaultParticles;  ///< of each population, 2 .. 2^32 - 1
  std::int64_t splitting_sweeps =
      kDefaultSweeps;  ///< moves of each particle at every level, of one layer each, 1 .. 100,000
  std::int64_t splitting_populations =
      kDefaultPopulations;  ///< independent ones, 2 .. 10,000; the error rests on them
  DrawLaw draw = DrawLaw::Factors;
  std::uint64_t chunk_size = 0;             ///< draws a chunk; 0: chosen from the cost of a draw
  std::int64_t max_stored = 10'000;         ///< accepted draws kept per cell and tolerance, >= 0
  std::optional<std::string> problem_file;  ///< every seed uses this problem

  /// Whether cells may get estimator `splitting`.
  bool may_split() const { return estimator == Estimator::Splitting || estimator == Estimator::Auto; }

  bool operator==(const Config&) const = default;
};

}  // namespace gnc
