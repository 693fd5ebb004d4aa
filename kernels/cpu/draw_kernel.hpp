#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/cell_view.hpp"
#include "kernels/cpu/scratch_memory.hpp"
#include "kernels/draw_tally.hpp"

namespace gnc {

/// Executes draws begin .. end - 1 of a cell on this thread, on the SIMD lanes of this machine.
/// `tolerances` are the accepted train losses, largest first, at least one; a draw is accepted below a
/// tolerance. Accepted draws are kept in the result while they are among the first `max_stored` of a
/// tolerance, by index.
DrawTally run_draws(const CellView& cell, std::span<const double> tolerances, std::uint64_t begin,
                    std::uint64_t end, const StoreLimits& max_stored, ScratchMemory& memory);

/// One draw in full, by the same arithmetic as run_draws.
struct ReplayedDraw {
  /// W_1, .., W_d, each row-major, by draw law `factors`. By draw law `product` Y is not made of them; see
  /// complete_network.
  std::vector<float> weights;
  std::vector<float> factors;  ///< of DrawForm::Triangular: L_1, .., L_{d-1}, G, each row-major; else empty
  std::vector<float> hidden;  ///< of DrawForm::Cholesky: Y_{d-1}, n_rows x width, before what the scale makes
                              ///< up for; else empty
  std::vector<float> product;  ///< Y before its scale and normalisation, row-major
  std::vector<float> Y;        ///< row-major
  float train_loss = 0.0f;
  float gen_loss = 0.0f;
};
ReplayedDraw replay_draw(const CellView& cell, std::uint64_t index, ScratchMemory& memory);

/// Draws nothing but numbers: sums, for draws begin .. end - 1, as many weights as a draw takes numbers. The
/// bound that run_draws is measured against.
float sum_weights(const CellView& cell, std::uint64_t begin, std::uint64_t end, ScratchMemory& memory);

/// Floats of scratch that run_draws needs for this cell.
std::size_t scratch_floats(const CellView& cell);

}  // namespace gnc
