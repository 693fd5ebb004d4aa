#pragma once

#include <cstdint>
#include <optional>

#include "host/config/config.hpp"
#include "host/engine/prepared_cell.hpp"
#include "host/ledger/population_record.hpp"
#include "host/splitting/populations.hpp"

namespace gnc {

/// One population of estimator `splitting` on its way to the smallest tolerance.
class PopulationRun {
 public:
  /// Goes on from `begun`, if there is one. UsageError where that is no state of this population. `cell` must
  /// outlive this object.
  PopulationRun(const PreparedCell& cell, std::uint64_t population, const Config& config,
                const std::optional<PopulationState>& begun);

  bool finished() const { return populations_.finished(); }
  /// One level. RunError when memory runs out.
  void advance();

  double level() const { return populations_[0].level(); }
  /// Time after which the ledger should have its state again: longer for large ones. Infinite where the state
  /// is larger than a ledger's value can be; such a population begins anew when its run is resumed.
  double seconds_between_states() const;

  PopulationRecord record() const;
  /// `seconds`: spent on the population so far.
  PopulationState state(double seconds) const;

 private:
  const PreparedCell& cell_;
  SplittingSettings settings_;
  Populations populations_;
};

}  // namespace gnc
