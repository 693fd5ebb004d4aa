#pragma once

#include <vector>

#include "host/experiment/chunk_queue.hpp"
#include "host/ledger/population_record.hpp"
#include "host/splitting/populations.hpp"

namespace gnc {

/// One population of estimator `splitting` on its way to the smallest tolerance, as a task of a run.
class PopulationRun {
 public:
  /// Goes on from the task's state, if it has one. UsageError where that state is none of this run. `task`
  /// must outlive this object.
  PopulationRun(const ChunkTask& task, const Config& config);

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
  const ChunkTask& task_;
  SplittingSettings settings_;
  Populations populations_;
};

}  // namespace gnc
