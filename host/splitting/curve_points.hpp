#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/cell_view.hpp"

namespace gnc {

/// The train losses at which a population is to say how likely they are: the tolerances (largest first, at
/// least one) and four points a decade above the smallest, up to ten times the train loss of Y = 0. Strictly
/// decreasing; the smallest tolerance is the last.
std::vector<double> curve_points(std::span<const double> tolerances, const CellView& cell);

/// Particles of `weights` weights that fit the memory of one population (256 MiB), at most `wanted` and,
/// where they are at least that many, no fewer than 64.
std::uint64_t particles_that_fit(std::int64_t weights, std::uint64_t wanted);

/// Populations of `wanted` particles, as far as they fit, that a device is given at a time: enough for all
/// its threads, no more than their states can travel between ranks in one message; at least one.
std::uint64_t populations_of_task(std::int64_t weights, std::uint64_t wanted);

}  // namespace gnc
