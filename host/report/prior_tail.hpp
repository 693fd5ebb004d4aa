#pragma once

#include <cstdint>

#include "host/config/config.hpp"

namespace gnc {

/// E[|y|^4] / E[|y|^2]^2 of a row y of the last hidden layer under the prior, 1 or more: how unevenly a prior
/// mean of losses rests on its draws. Exact for Linear and Leaky ReLU networks of Gaussian weights, an upper
/// bound for uniform ones; 1 where losses are bounded, by Tanh or `normalize`, and of infinite width.
double hidden_kurtosis(const Config& config, std::int64_t width, std::int64_t depth);

}  // namespace gnc
