#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "host/config/config.hpp"
#include "host/engine/engine.hpp"
#include "host/ledger/population_record.hpp"
#include "host/splitting/populations.hpp"

namespace gnc {

/// Populations of estimator `splitting` of one cell on their way to the smallest tolerance, side by side.
class PopulationRun {
 public:
  /// As many populations of the cell as the engine is to move side by side, at least one. Throws RunError.
  static std::uint64_t at_once(Engine& engine, const PreparedCell& cell, const Config& config);

  /// Populations `numbers`, at least one; those in `begun` go on from there. UsageError where that is no
  /// state of its population. `engine` and `cell` must outlive this object.
  PopulationRun(Engine& engine, const PreparedCell& cell, DrawRange numbers, const Config& config,
                const std::map<std::uint64_t, PopulationState>& begun);

  bool finished() const { return populations_.finished(); }
  /// One level of those that are not finished. RunError when memory runs out.
  void advance();
  /// Shares out the time of the last level among those that took part in it.
  void add_seconds(double seconds);

  // Of population i of `numbers`, from 0.

  std::size_t size() const { return populations_.size(); }
  DrawRange range(std::size_t i) const { return {first_ + i, first_ + i + 1}; }
  bool finished(std::size_t i) const { return populations_[i].finished(); }
  double level(std::size_t i) const { return populations_[i].level(); }
  double seconds(std::size_t i) const { return seconds_[i]; }  ///< spent on it so far
  /// Losses are kept of the config's tolerances alone: nothing shows the quartiles of other points.
  PopulationRecord record(std::size_t i) const;
  PopulationState state(std::size_t i) const;

  /// Time after which the ledger should have their states again, where so many workers move populations of
  /// this size: longer the more bytes they have together. Infinite where a state is larger than a ledger's
  /// value can be; such populations begin anew when their run is resumed.
  double seconds_between_states(int workers) const;

 private:
  const PreparedCell& cell_;
  std::vector<double> tolerances_;
  std::uint64_t first_;
  SplittingSettings settings_;
  Populations populations_;
  std::vector<double> seconds_;
  std::vector<std::size_t> advanced_;  // took part in the last level
};

}  // namespace gnc
