#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/config/config.hpp"
#include "host/splitting/state_bytes.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/fixed_point.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// Levels after which a population gives up: rates down to 2^-2000.
constexpr int kMostLevels = 2000;

struct SplittingSettings {
  std::uint64_t particles = kDefaultParticles;  ///< 2 .. 2^32 - 1
  int sweeps = kDefaultSweeps;  ///< moves of every particle per level, each of one layer in turn; >= 1
};

/// Most generalization losses that a population keeps of one train loss.
constexpr std::uint64_t kSampledLosses = 256;

/// What one population says of one train loss.
struct CurvePoint {
  double eps_train = 0.0;
  /// False: the population stopped before; `log_rate` is then an upper bound, the rate of the last level
  /// reached, and the others are unset.
  bool reached = false;
  double log_rate = 0.0;    ///< natural logarithm of the estimated P(train loss < eps_train), finite
  std::uint64_t below = 0;  ///< particles below eps_train
  double gen = 0.0;         ///< mean of their generalization losses
  /// These losses in ascending order, or kSampledLosses of them, each of which stands for as many.
  std::vector<float> gen_losses{};
};

/// One population of estimator `splitting` (docs/methods.md, `splitting`), all but its particles: what they
/// do next, and what came of it. The particles descend from the prior, level by level, to the smallest train
/// loss asked for: they are drawn; then, again and again, the next level is chosen, the points above it are
/// answered, those not below it become copies of those that are, and all are moved. `Populations` does it.
/// Everything is a function of (run seed, cell, population, settings, eps_points).
class Population {
 public:
  /// `eps_points`: > 0, strictly decreasing, at least one. Throws std::invalid_argument for settings or
  /// points out of range.
  Population(const CellView& cell, std::uint64_t population, SplittingSettings settings,
             std::vector<double> eps_points);

  bool finished() const { return finished_; }
  bool drawn() const { return step_ > 0; }
  int levels() const { return levels_; }   ///< so far
  double level() const { return level_; }  ///< the particles' train losses are below; infinite at first
  double next_level() const { return next_level_; }
  double log_rate() const { return log_rate_; }     ///< log of the estimated P(train loss < level())
  std::uint64_t passes() const { return passes_; }  ///< forward passes so far
  const SplittingSettings& settings() const { return settings_; }

  /// The points answered so far, in the order of eps_points; all of them once finished.
  const std::vector<CurvePoint>& curve() const { return curve_; }

  /// Generalization losses of the first particles, draws of the prior; empty before they are drawn.
  const LossSums& prior() const { return prior_; }

  // What the particles do; `number` is the population's in its store.

  ParticleDraw draw(std::uint32_t number);
  /// One level further: the next level becomes the level, with so many particles below it.
  ParticleRefill descend(std::uint32_t number, std::uint64_t survivors);
  /// The next move of all particles, of one layer; the layers take turns.
  LayerMove next_move(std::uint32_t number);
  /// How many of the last moves were accepted.
  void moved(std::uint64_t accepted);
  /// The median of the train losses, but not below the target; or, where no particle is below the median, the
  /// next larger loss. Finished where there is no further level.
  void choose_next_level(const LossOrder& losses);

  /// The particles that must be below a level for it to be taken, and below a point for its answer. A level
  /// that hardly any are below is one that many losses equal, as no share of a continuous law is: populations
  /// that meet a few would be a selection, of too large a rate.
  std::uint64_t fewest() const;
  /// Ends where it is, as too few particles are below the next level.
  void stop();
  /// Whether the particles are still draws of the prior.
  bool at_prior() const { return step_ == 1; }
  void set_prior(const LossSums& prior) { prior_ = prior; }
  /// Counts the forward passes that generalization losses took.
  void count_passes() { passes_ += settings_.particles; }
  /// The point to be answered now: those above the next level, or all that are left once finished.
  std::optional<double> due() const;
  /// Order statistics of the generalization losses of `count` particles of which a point keeps losses.
  static std::vector<std::uint64_t> ranks(std::uint64_t count);
  /// Answers the point due. `at_ranks`: the generalization losses at `ranks(below.count)`.
  void answer(const GeneralizationSum& below, std::span<const float> at_ranks);

  /// Everything needed to go on but the particles.
  void write_to(StateWriter& writer) const;
  std::size_t state_bytes() const;
  /// Whether a state holds the particles too: those of a finished population are of no further use.
  bool has_particles() const { return step_ != 0 && !finished_; }
  /// Throws std::invalid_argument for bytes that are no state of the same cell, population, settings and
  /// points; this object is then good for nothing but another try.
  void read_from(StateReader& reader);

 private:
  std::uint64_t fingerprint() const;

  SplittingSettings settings_;
  std::vector<double> eps_points_;
  Prior prior_law_;
  PhiloxKey key_;
  std::int64_t n_weights_;
  std::vector<std::int64_t> layer_begins_;  // of each layer's weights, and behind the last
  double target_;  // the smallest point that is not below what any Y can reach; infinite where there is none

  // Written to and read from the state.
  bool finished_ = false;
  std::uint32_t step_ = 0;  // of random numbers, the next to be used
  int levels_ = 0;
  double level_;
  double next_level_;
  double log_rate_ = 0.0;
  std::vector<double> step_sizes_;  // of the moves of each layer
  std::uint64_t passes_ = 0;
  std::vector<CurvePoint> curve_;
  LossSums prior_;

  std::size_t moved_layer_ = 0;  // by the last next_move
};

}  // namespace gnc
