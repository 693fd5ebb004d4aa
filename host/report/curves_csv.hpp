#pragma once

#include <string>

#include "host/report/run_results.hpp"

namespace gnc {

/// Whether some cell has curves.
bool has_curves(const RunResults& run);

/// The curves P(eps) and generalization(eps) of every cell that has them: columns width, depth, seed,
/// eps_train, acceptance_rate, rate_low, rate_high, gnc_gen, gnc_gen_se, log10_rate, log10_rate_low,
/// log10_rate_high, a row for each tolerance, largest first. A tolerance that was not reached has an
/// acceptance rate of 0, an upper bound, and no losses. Unknown values, and logarithms of 0, are empty.
std::string curves_csv(const RunResults& run);

}  // namespace gnc
