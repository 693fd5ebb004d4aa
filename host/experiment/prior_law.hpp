#pragma once

#include <cstdint>

#include "host/config/config.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// Mean square of an entry of Y under the prior; with Tanh it is at most this.
double prior_mean_square(const Config& config, const Point& point);

/// E[|y|^4] / E[|y|^2]^2 of a row y of the last hidden layer under the prior, 1 or more. Exact for Linear and
/// Leaky ReLU networks of Gaussian weights, an upper bound for uniform ones; 1 where rows are bounded, by
/// Tanh or `normalize`, and of infinite width.
double hidden_kurtosis(const Config& config, const Point& point);

/// Standard error of a mean loss of `count` (>= 1) draws of the prior by the prior's law, which the draws do
/// not show where they have missed its tail (docs/methods.md, "The mean of the prior"): about that of the
/// mean of
/// |<A, Y>|^2 over A_test. `test_square`: mean squared norm of the rows of A_test. 0 where hidden_kurtosis
/// is 1.
double prior_error_by_law(const Config& config, const Point& point, double test_square, std::uint64_t count);

/// Whether every normalised Y that is a number has a generalization loss, and a square of it, which the
/// fixed-point sums hold.
bool normalised_losses_fit(const Problem& problem);

}  // namespace gnc
