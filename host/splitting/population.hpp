#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/config/config.hpp"
#include "host/engine/prepared_cell.hpp"
#include "kernels/cpu/scratch_memory.hpp"
#include "kernels/fixed_point.hpp"
#include "kernels/particles.hpp"

namespace gnc {

/// Levels after which a population gives up: rates down to 2^-2000.
constexpr int kMostLevels = 2000;

struct SplittingSettings {
  std::uint64_t particles = kDefaultParticles;  ///< 2 .. 2^32 - 1
  int sweeps = kDefaultSweeps;  ///< moves of every particle per level, each of one layer in turn; >= 1
};

/// What one population says of one train loss.
struct CurvePoint {
  double eps_train = 0.0;
  /// False: the population stopped before; `log_rate` is then an upper bound, the rate of the last level
  /// reached, and the others are unset.
  bool reached = false;
  double log_rate = 0.0;  ///< natural logarithm of the estimated P(train loss < eps_train), finite
  /// Generalization loss of the particles below eps_train: mean, median, quartiles.
  double gen = 0.0, gen_median = 0.0, gen_q25 = 0.0, gen_q75 = 0.0;
};

/// One population of estimator `splitting` (MATH.md section 4): particles that descend from the prior, level
/// by level, to the smallest train loss asked for. Everything is a function of (run seed, cell, population,
/// settings, eps_points).
class Population {
 public:
  /// `cell` must outlive this object. `eps_points`: > 0, strictly decreasing, at least one. Throws
  /// std::invalid_argument for settings or points out of range.
  Population(const PreparedCell& cell, std::uint64_t population, SplittingSettings settings,
             std::vector<double> eps_points);

  bool finished() const { return finished_; }

  /// The first time: draws the particles from the prior. After that: one level further, that is level,
  /// survivors, copies, sweeps. Then answers the points above the next level. Does nothing once finished. May
  /// throw std::bad_alloc; the object is then good for nothing but `restore`.
  void advance();

  int levels() const { return levels_; }         ///< so far
  double level() const { return level_; }        ///< the particles' train losses are below; infinite at first
  double log_rate() const { return log_rate_; }  ///< log of the estimated P(train loss < level())
  std::uint64_t passes() const { return passes_; }  ///< forward passes so far

  /// The points answered so far, in the order of eps_points; all of them once finished.
  const std::vector<CurvePoint>& curve() const { return curve_; }

  /// Generalization losses of the first particles, draws of the prior; empty before the first advance.
  const LossSums& prior() const { return prior_; }

  /// Everything needed to go on, the same bytes on every machine.
  std::vector<std::byte> state() const;

  /// Goes on from a state of the same cell, population, settings and points. Throws std::invalid_argument for
  /// bytes that are not such a state; this object is then unchanged.
  void restore(std::span<const std::byte> state);

 private:
  void allocate();
  Particles particles() const;
  std::size_t weight_at(std::uint64_t particle) const;
  void draw();
  void descend();
  void refill(std::uint64_t survivors);
  void sweep();
  void choose_next_level();
  void answer_points();
  void answer(double eps_train, const float* gen_losses);
  std::uint64_t fingerprint() const;

  const PreparedCell& cell_;
  SplittingSettings settings_;
  std::vector<double> eps_points_;
  PhiloxKey key_;
  std::int64_t n_weights_;
  double target_;  // the smallest point that is not below what any Y can reach; infinite where there is none

  ScratchMemory weight_memory_, loss_memory_, gen_memory_, scratch_;
  float* weights_ = nullptr;
  float* losses_ = nullptr;

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
};

}  // namespace gnc
