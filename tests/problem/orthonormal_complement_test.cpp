#include "host/problem/orthonormal_complement.hpp"

#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <random>

namespace gnc {
namespace {

RowMatrix gaussian(Eigen::Index rows, Eigen::Index cols, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  return RowMatrix::NullaryExpr(rows, cols, [&] { return normal(generator); });
}

/// Holds B against the projector onto the row space of A from an SVD.
void expect_complement(const RowMatrix& A, Eigen::Index rank) {
  const RowMatrix B = orthonormal_complement(A);
  const Eigen::Index p = A.cols();
  ASSERT_EQ(B.rows(), p - rank);
  ASSERT_EQ(B.cols(), p);
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(A, Eigen::ComputeFullV);
  const Eigen::MatrixXd row_space = svd.matrixV().leftCols(rank);
  const Eigen::MatrixXd projector = Eigen::MatrixXd::Identity(p, p) - row_space * row_space.transpose();
  EXPECT_LT((B.transpose() * B - projector).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((B * B.transpose() - Eigen::MatrixXd::Identity(p - rank, p - rank)).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(OrthonormalComplement, FullRank) {
  expect_complement(gaussian(15, 25, 1), 15);
  expect_complement(gaussian(1, 2, 2), 1);
  expect_complement(gaussian(24, 25, 3), 24);
}

TEST(OrthonormalComplement, RepeatedCombinedAndZeroRowsAddNothing) {
  RowMatrix A = gaussian(9, 12, 4);
  A.row(3) = A.row(0);
  A.row(5) = 2.0 * A.row(1) - 3.0 * A.row(2);
  A.row(8).setZero();
  expect_complement(A, 6);
}

TEST(OrthonormalComplement, RowsOfVeryDifferentSizeCount) {
  RowMatrix A = gaussian(3, 7, 5);
  A.row(1) *= 1e-6;
  expect_complement(A, 3);
}

TEST(OrthonormalComplement, WholeSpaceLeavesNothingAndZeroLeavesAll) {
  EXPECT_EQ(orthonormal_complement(gaussian(6, 6, 6)).rows(), 0);
  EXPECT_EQ(orthonormal_complement(RowMatrix::Zero(2, 6)).rows(), 6);
}

}  // namespace
}  // namespace gnc
