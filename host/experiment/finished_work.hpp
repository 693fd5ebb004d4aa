#pragma once

#include <cstddef>
#include <variant>

#include "host/engine/engine.hpp"
#include "host/ledger/population_record.hpp"

namespace gnc {

/// What a worker did, on its way to the ledger: draws, a population, or a population to be gone on with.
struct FinishedWork {
  std::size_t cell = 0;
  DrawRange range;  ///< of draws; of one population
  std::variant<ChunkResult, PopulationRecord, PopulationState> result;
  double seconds = 0.0;  ///< of its worker
  double level = 0.0;    ///< of a population to be gone on with
};

}  // namespace gnc
