#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "host/engine/engine.hpp"

namespace gnc {

/// Draws begin .. end - 1.
using Draw = std::function<void(std::uint64_t begin, std::uint64_t end)>;

/// Draws per second of `draw` on this thread, called for about `seconds` with ranges of `size` draws and then
/// of more. A first call, which may allocate, is not counted.
double draws_per_second(double seconds, const Draw& draw, std::uint64_t size = 1024);

/// The same of a cell's draws by `engine`, in ranges of no less than one of its batches. Throws what
/// Engine::run_chunk throws.
double draws_per_second(double seconds, Engine& engine, const PreparedCell& cell,
                        std::span<const double> tolerances);

}  // namespace gnc
