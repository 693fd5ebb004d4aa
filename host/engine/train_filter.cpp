#include "host/engine/train_filter.hpp"

#include <Eigen/SVD>

namespace gnc {

TrainFilter train_filter(const RowMatrix& A_train, const Eigen::VectorXd& b_train) {
  const Eigen::MatrixXd gram = A_train * A_train.transpose();
  const Eigen::MatrixXd off_diagonal = gram - Eigen::MatrixXd(gram.diagonal().asDiagonal());
  if (off_diagonal.cwiseAbs().maxCoeff() == 0.0) return {A_train, b_train, 0.0};

  const Eigen::BDCSVD<Eigen::MatrixXd> svd(A_train, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd& sigma = svd.singularValues();
  Eigen::Index rank = 0;
  while (rank < sigma.size() && sigma(rank) > 1e-12 * sigma(0)) ++rank;

  TrainFilter filter;
  const auto U = svd.matrixU().leftCols(rank);
  filter.rows = sigma.head(rank).asDiagonal() * svd.matrixV().leftCols(rank).transpose();
  filter.targets = U.transpose() * b_train;
  filter.base = (b_train - U * filter.targets).squaredNorm();
  return filter;
}

}  // namespace gnc
