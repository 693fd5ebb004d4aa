#pragma once

#include <cstdint>

#include "host/config/config.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// The problem of one replicate, a function of (config.seed, replicate) and the sizes alone.
///
/// The ground truth is U V, U n_rows x gt_rank and V gt_rank x n_cols of standard normal entries, scaled to
/// Frobenius norm gt_norm. Sensing: A_i of standard normal entries, each scaled to norm 1, A_test the
/// orthonormal complement. Completion: A_train one-hot at entries without repetition, A_test one-hot at the
/// others. Random numbers: stream 1 with width = depth = 0; sample 0 the ground truth, sample 1 the
/// measurements.
Problem random_problem(const Config& config, std::int64_t replicate);

}  // namespace gnc
