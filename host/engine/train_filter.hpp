#pragma once

#include <Eigen/Core>

#include "host/problem/problem.hpp"

namespace gnc {

/// The training measurements after an orthogonal map of the residuals, ‖A y - b‖² = base + ‖rows y -
/// targets‖² (README.md, "How the numbers are made"): with A = U S Vᵀ, rows S Vᵀ and targets Uᵀ b, largest
/// singular value first. Evaluated row by row, most draws pass the tolerance within the first few.
struct TrainFilter {
  RowMatrix rows;           ///< rank x p
  Eigen::VectorXd targets;  ///< rank
  double base = 0.0;        ///< squared length of the part of b outside the span of A's columns
};

/// Measurements with orthogonal rows (matrix completion) are kept as they are: zeros stay zeros.
TrainFilter train_filter(const RowMatrix& A_train, const Eigen::VectorXd& b_train);

}  // namespace gnc
