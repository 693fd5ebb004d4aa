#pragma once

namespace gnc {

/// Share of its expectation about the true mean that the sum of squared, squarely weighted residuals about a
/// weighted mean keeps, where values do not depend on weights: large weights pull the mean towards their own
/// values. `squares` and `cubes`: sums of these powers of the weights, whose sum is 1. Of m equal weights it
/// is 1 - 1 / m (docs/methods.md, `conditional`).
inline double residual_share(double squares, double cubes) { return 1.0 - 2.0 * cubes / squares + squares; }

}  // namespace gnc
