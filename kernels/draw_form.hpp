#pragma once

#include <cstdint>

#include "kernels/cell_view.hpp"

namespace gnc {

/// What a draw's end-to-end matrix is made of (docs/methods.md, draw law `product`).
/// - `Factors`: the weights;
/// - `Triangular`: Y ~ L_1 L_2 .. L_{d-1} G, the L_j lower-triangular factors of Gaussian matrices, for
///   activation Linear;
/// - `Cholesky`: the hidden layers' weights, and chol(H Hᵀ) G in place of H W_d.
enum class DrawForm { Factors, Triangular, Cholesky };

/// The form of a cell's draws: of those that are exact for its draw law the cheapest, counted in numbers
/// drawn and multiplications.
GNC_FN DrawForm draw_form(const CellView& cell) {
  if (cell.draw == DrawLaw::Factors || cell.prior != Prior::Gauss || cell.depth == 1)
    return DrawForm::Factors;
  if (cell.activation == Activation::Linear) return DrawForm::Triangular;
  const std::int64_t m = cell.n_rows, cols = cell.n_cols, k = cell.width;
  // A number costs about 16 multiply-adds. Below 2 m the Gram matrix would often be too ill-conditioned for
  // floats.
  const std::int64_t saved = (k - m) * cols * 16 + m * k * cols;
  const std::int64_t added = m * m * k + m * m * m + m * m * cols;
  return k >= 2 * m && saved > added ? DrawForm::Cholesky : DrawForm::Factors;
}

/// Shape of the triangular form. Where n_cols < n_rows, Yᵀ is drawn, whose factors are smaller.
struct TriangularShape {
  bool transposed = false;
  int rows = 0;   ///< of L_1: the smaller of n_rows and n_cols
  int cols = 0;   ///< of G: the larger
  int inner = 0;  ///< columns of L_1, size of the others, rows of G: min(rows, width)

  GNC_FN explicit TriangularShape(const CellView& cell) {
    transposed = cell.n_cols < cell.n_rows;
    rows = transposed ? cell.n_cols : cell.n_rows;
    cols = transposed ? cell.n_rows : cell.n_cols;
    inner = cell.width < rows ? cell.width : rows;
  }

  /// Rows of L_layer, layer from 1.
  GNC_FN int rows_of(int layer) const { return layer == 1 ? rows : inner; }
  /// Normal numbers below the diagonal of L_layer.
  GNC_FN std::int64_t below_diagonal(int layer) const {
    return static_cast<std::int64_t>(inner) * (inner - 1) / 2 +
           static_cast<std::int64_t>(rows_of(layer) - inner) * inner;
  }
  /// Normal numbers of a draw, G's among them.
  GNC_FN std::int64_t n_normals(int depth) const {
    return static_cast<std::int64_t>(inner) * cols + below_diagonal(1) + (depth - 2) * below_diagonal(2);
  }
};

/// Random numbers of one draw; a chi variate takes two.
GNC_FN std::int64_t numbers_per_draw(const CellView& cell) {
  const std::int64_t m = cell.n_rows, cols = cell.n_cols, k = cell.width, d = cell.depth;
  switch (draw_form(cell)) {
    case DrawForm::Triangular: {
      const TriangularShape shape(cell);
      return shape.n_normals(cell.depth) + 2 * (d - 1) * shape.inner;
    }
    case DrawForm::Cholesky:
      return layer_offset(m, k, d) + m * cols;
    default:
      return n_weights(m, cols, k, d);
  }
}

}  // namespace gnc
