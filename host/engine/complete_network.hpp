#pragma once

#include <vector>

#include "kernels/cell_view.hpp"
#include "kernels/cpu/draw_kernel.hpp"

namespace gnc {

/// The weights of a network, W_1, .., W_d, each row-major, that makes the draw's end-to-end matrix. For draw
/// law `product` they have the law of the prior given that matrix and, in the triangular form, its factors:
/// what the matrix leaves free is taken from draw.weights, which it does not depend on.
/// - Triangular: W_1 = L_1 Q_1, then W_j = W'_j + Q_{j-1}ᵀ (L_j Q_j - Q_{j-1} W'_j), where the Q_j are those
///   of the free weights W'_j (Bartlett's decomposition, docs/methods.md, draw law `product`);
/// - Cholesky: W_d = W'_d + H⁺ (product - H W'_d).
std::vector<float> complete_network(const CellView& cell, const ReplayedDraw& draw);

}  // namespace gnc
