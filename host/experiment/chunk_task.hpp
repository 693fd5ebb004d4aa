#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "host/engine/draw_range.hpp"
#include "host/ledger/population_record.hpp"

namespace gnc {

/// Draws to be made, of a cell of a run; for `splitting` populations to be moved to the smallest tolerance.
struct ChunkTask {
  std::size_t cell = 0;
  DrawRange range;
  std::vector<std::uint64_t> max_stored = {};  ///< accepted draws to be kept, one number per tolerance
  std::map<std::uint64_t, PopulationState> states = {};  ///< of populations that an earlier sitting left
};

}  // namespace gnc
