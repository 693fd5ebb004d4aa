#pragma once

#include <cstdint>
#include <functional>

namespace gnc {

/// Draws begin .. end - 1.
using Draw = std::function<void(std::uint64_t begin, std::uint64_t end)>;

/// Draws per second of `draw` on this thread, called with growing ranges for about `seconds`. A first call,
/// which may allocate, is not counted.
double draws_per_second(double seconds, const Draw& draw);

}  // namespace gnc
