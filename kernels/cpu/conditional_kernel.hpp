#pragma once

#include <cstdint>
#include <span>

#include "kernels/cell_view.hpp"
#include "kernels/conditional_view.hpp"
#include "kernels/cpu/scratch_memory.hpp"
#include "kernels/draw_tally.hpp"

namespace gnc {

/// Estimator `conditional` on hidden draws begin .. end - 1 of a cell, prior `gauss`,
/// not normalised, on this thread and the SIMD lanes of this machine. The hidden layers of draw i are those
/// of draw i of the cell. Its other numbers are normal numbers of stream `Conditional`, sample i: first one
/// for each row of `view.rows`, which make z at every tolerance, then one for each entry of the end-to-end
/// matrix, which make the drawn generalization loss.
///
/// `tolerances` as for run_draws. In the result `accepted` holds the number of draws of nonzero weight alone,
/// `prior` the mean generalization loss given each hidden draw, and `weighted` the weights.
DrawTally run_conditional(const CellView& cell, const ConditionalView& view,
                          std::span<const double> tolerances, std::uint64_t begin, std::uint64_t end,
                          const StoreLimits& max_stored, ScratchMemory& memory);

/// The weight of one hidden draw in its parts, for tests.
struct ConditionalProbe {
  double tilt = 0.0;
  double log_weight = 0.0;        ///< of the draw if it is accepted
  double squared_residual = 0.0;  ///< of z, without view.base
};
ConditionalProbe probe_conditional(const CellView& cell, const ConditionalView& view, double tolerance,
                                   std::uint64_t index, ScratchMemory& memory);

/// Bytes of scratch that run_conditional needs.
std::size_t conditional_scratch_bytes(const CellView& cell, const ConditionalView& view);

}  // namespace gnc
