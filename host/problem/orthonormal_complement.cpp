#include "host/problem/orthonormal_complement.hpp"

#include <Eigen/QR>

namespace gnc {

RowMatrix orthonormal_complement(const RowMatrix& A) {
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr;
  qr.setThreshold(1e-10);
  qr.compute(A.transpose());
  const Eigen::Index p = A.cols();
  const Eigen::Index dimension = p - qr.rank();
  // The last columns of the full Q; the full matrix itself is never formed.
  Eigen::MatrixXd basis = Eigen::MatrixXd::Zero(p, dimension);
  basis.bottomRows(dimension).setIdentity();
  basis.applyOnTheLeft(qr.householderQ());
  return basis.transpose();
}

}  // namespace gnc
