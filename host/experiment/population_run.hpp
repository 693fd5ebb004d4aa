#pragma once

#include <vector>

#include "host/experiment/chunk_queue.hpp"
#include "host/ledger/population_record.hpp"
#include "host/splitting/population.hpp"

namespace gnc {

/// One population of estimator `splitting` on its way to the smallest tolerance, as a task of a run.
class PopulationRun {
 public:
  /// Goes on from the task's state, if it has one. UsageError where that state is none of this run. `task`
  /// must outlive this object.
  PopulationRun(const ChunkTask& task, const Config& config);

  bool finished() const { return population_.finished(); }
  /// One level. RunError when memory runs out.
  void advance();

  PopulationRecord record() const;
  /// `seconds`: spent on the population so far.
  PopulationState state(double seconds) const;

 private:
  const ChunkTask& task_;
  SplittingSettings settings_;
  Population population_;
};

}  // namespace gnc
