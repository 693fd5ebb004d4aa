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

/// Particles whose weights fit the memory of one population (256 MiB), at most `wanted` and, where they are
/// at least that many, no fewer than 64.
std::uint64_t particles_that_fit(const CellView& cell, std::uint64_t wanted);

}  // namespace gnc
