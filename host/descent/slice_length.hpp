#pragma once

#include <cstdint>

namespace gnc {

/// What a slice of epochs on a device is to take: short against a user's patience after Ctrl-C, long against
/// what a launch costs.
constexpr double kSliceSeconds = 0.1;

/// Epochs of the next slice after one of `epochs` epochs took `seconds`: as many as take kSliceSeconds, but
/// no more than 8 times as many as before, and at least 1.
std::int64_t next_slice(std::int64_t epochs, double seconds);

}  // namespace gnc
