#pragma once

#include <Eigen/Core>

namespace gnc {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A matrix-factorization problem: recover `ground_truth` from linear measurements of it.
/// Measurements are vectorised row-major: row i of `A_train` is vec(A_i), of length n_rows * n_cols.
struct Problem {
  RowMatrix ground_truth;   ///< n_rows x n_cols
  RowMatrix A_train;        ///< n_train x (n_rows * n_cols), n_train >= 1
  Eigen::VectorXd b_train;  ///< n_train
  RowMatrix A_test;         ///< n_test x (n_rows * n_cols), n_test >= 1
  Eigen::VectorXd b_test;   ///< n_test

  Eigen::Index n_rows() const { return ground_truth.rows(); }
  Eigen::Index n_cols() const { return ground_truth.cols(); }
  Eigen::Index n_train() const { return A_train.rows(); }
  Eigen::Index n_test() const { return A_test.rows(); }
};

}  // namespace gnc
