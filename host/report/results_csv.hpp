#pragma once

#include <cstddef>
#include <string>

#include "host/report/run_results.hpp"

namespace gnc {

/// File name for a tolerance of the config: results.csv for the first, results_eps=<eps>.csv for the others.
std::string results_csv_name(const Config& config, std::size_t tolerance_index);

/// The published column layout (Alexander et al. 2025) at one tolerance of the config: `width`, `depth` or
/// `width,depth` by the sweep's axis, then per seed s `gnc_gen_seed=s,prior_gen_seed=s,gd_gen_seed=s`; a
/// depth sweep has no prior columns. One row per point; unknown values are empty fields.
std::string results_csv(const RunResults& run, std::size_t tolerance_index);

}  // namespace gnc
