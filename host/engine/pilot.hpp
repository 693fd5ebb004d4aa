#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/engine/engine.hpp"

namespace gnc {

/// Seconds that `engine` takes for a draw of each of the cells, added up: a short pilot, at most about
/// `seconds` long for each cell, after a first chunk that is not counted.
double pilot_seconds(Engine& engine, std::span<const std::unique_ptr<PreparedCell>> cells,
                     std::span<const double> tolerances, double seconds);

}  // namespace gnc
