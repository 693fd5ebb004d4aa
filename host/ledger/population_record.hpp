#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/splitting/population.hpp"

namespace gnc {

/// A finished population of a cell estimated by `splitting`.
struct PopulationRecord {
  std::vector<CurvePoint> curve;  ///< by tolerance, largest first
  LossSums prior;                 ///< generalization losses of its first particles
  std::uint64_t passes = 0;       ///< forward passes
  double level = 0.0;             ///< the smallest level it reached; infinite where it reached none
  std::uint64_t particles = 0;
};

/// A population that is not finished, as it was after one of its levels.
struct PopulationState {
  int levels = 0;
  double seconds = 0.0;  ///< spent on it so far
  std::vector<std::byte> state;
};

}  // namespace gnc
