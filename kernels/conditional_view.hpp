#pragma once

#include "kernels/lane_scope.hpp"

namespace gnc {

/// A cell's measurements in double precision, as estimator `conditional` needs them beside the CellView.
/// Matrices are row-major; p = n_rows * n_cols.
struct ConditionalView {
  const double* rows = nullptr;     ///< n_train_rows x p: ‖A y - b‖² = base + ‖rows y - targets‖²
  const double* targets = nullptr;  ///< n_train_rows
  int n_train_rows = 0;
  double base = 0.0;
  int n_train = 0;  ///< measurements that the train loss averages over

  const double* A_test = nullptr;  ///< n_test x p
  const double* b_test = nullptr;  ///< n_test
  int n_test = 0;
  const double* test_gram = nullptr;  ///< n_rows x n_rows: sum over test measurements of B_i B_iᵀ

  /// Turns the Gram matrix of the hidden layer as computed into K (docs/methods.md, `conditional`).
  double gram_scale = 1.0;

  /// Of the ball about `targets` in which z is accepted; not positive where none is.
  GNC_FN double squared_radius(double tolerance) const { return tolerance * n_train - base; }
};

}  // namespace gnc
