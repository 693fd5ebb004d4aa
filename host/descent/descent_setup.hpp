#pragma once

#include <span>

#include "host/descent/descent.hpp"
#include "kernels/descent_input.hpp"

namespace gnc {

/// Shape and settings of the run.
DescentModel model_of(const DescentRun& run);

/// What the run starts from: weights of its stream DescentStart and its training measurements.
DescentInput input_of(const DescentRun& run);

/// Additions and multiplications of an epoch, roughly.
double epoch_cost(const DescentModel& model);

/// Losses of a trained end-to-end matrix (row-major, n_rows n_cols entries); `seconds` stays 0.
DescentResult result_of(std::span<const float> Y, const Problem& problem);

}  // namespace gnc
