#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "host/engine/engine.hpp"

namespace gnc {

/// Draws begin .. end - 1.
using Draw = std::function<void(std::uint64_t begin, std::uint64_t end)>;

/// Draws per second of `draw` on this thread, called for `seconds` with ranges that take an eighth of it or
/// more. Calls until there, each with twice the draws, are not counted: the first may allocate, and what a
/// call takes beside its draws is a larger part of a small one.
double draws_per_second(double seconds, const Draw& draw);

/// The same of a cell's draws by `engine`, in ranges of no less than one of its batches. Throws what
/// Engine::run_chunk throws.
double draws_per_second(double seconds, Engine& engine, const PreparedCell& cell,
                        std::span<const double> tolerances);

}  // namespace gnc
