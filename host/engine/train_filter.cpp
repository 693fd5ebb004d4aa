#include "host/engine/train_filter.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

namespace gnc {

TrainFilter train_filter(const RowMatrix& A_train, const Eigen::VectorXd& b_train) {
  const Eigen::MatrixXd gram = A_train * A_train.transpose();
  const Eigen::MatrixXd off_diagonal = gram - Eigen::MatrixXd(gram.diagonal().asDiagonal());
  if (off_diagonal.cwiseAbs().maxCoeff() == 0.0) return {A_train, b_train, 0.0};

  // A = Q R with the rank from column pivoting, then R turned to its principal axes: both maps are orthogonal
  // to rounding, and R Rᵀ, which squares the singular values, decides on no more than the order of the rows.
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(A_train);
  qr.setThreshold(1e-12);
  const Eigen::Index rank = qr.rank();
  Eigen::MatrixXd R = qr.matrixR().topRows(rank);
  R.triangularView<Eigen::StrictlyLower>().setZero();
  R = R * qr.colsPermutation().transpose();
  const Eigen::VectorXd Qb = qr.householderQ().adjoint() * b_train;

  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(R * R.transpose());
  const Eigen::MatrixXd turn = eigen.eigenvectors().rowwise().reverse().transpose();

  TrainFilter filter;
  filter.rows = turn * R;
  filter.targets = turn * Qb.head(rank);
  filter.base = Qb.tail(Qb.size() - rank).squaredNorm();
  return filter;
}

}  // namespace gnc
