#include "host/engine/train_filter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "host/problem/orthonormal_complement.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {
namespace {

void expect_same_residuals(const RowMatrix& A, const Eigen::VectorXd& b) {
  const TrainFilter filter = train_filter(A, b);
  for (int i = 0; i < 20; ++i) {
    const Eigen::VectorXd y = Eigen::VectorXd::Random(A.cols());
    const double exact = (A * y - b).squaredNorm();
    EXPECT_NEAR(filter.base + (filter.rows * y - filter.targets).squaredNorm(), exact, 1e-12 * (1 + exact));
  }
  for (Eigen::Index i = 1; i < filter.rows.rows(); ++i) {
    EXPECT_LE(filter.rows.row(i).norm(), filter.rows.row(i - 1).norm() * (1 + 1e-12));
  }
}

TEST(TrainFilter, KeepsTheResidual) {
  std::srand(1);
  Config config;
  for (int replicate = 0; replicate < 5; ++replicate) {
    const Problem problem = random_problem(config, replicate);
    expect_same_residuals(problem.A_train, problem.b_train);
  }
}

TEST(TrainFilter, DependentAndInconsistentMeasurements) {
  std::srand(2);
  RowMatrix A = RowMatrix::Random(6, 9);
  A.row(4) = 2 * A.row(1) - A.row(0);
  A.row(5) = A.row(2);
  const Eigen::VectorXd b = Eigen::VectorXd::Random(6);
  expect_same_residuals(A, b);
  EXPECT_EQ(train_filter(A, b).rows.rows(), 4);
  EXPECT_GT(train_filter(A, b).base, 0.0);
}

TEST(TrainFilter, MeasurementsOfVeryDifferentSize) {
  std::srand(3);
  RowMatrix A = RowMatrix::Random(8, 12);
  for (Eigen::Index i = 0; i < A.rows(); ++i) A.row(i) *= std::pow(10.0, -static_cast<double>(i));
  const Eigen::VectorXd y = Eigen::VectorXd::Random(12);
  const TrainFilter filter = train_filter(A, A * y);
  EXPECT_EQ(filter.rows.rows(), 8);
  EXPECT_LT((filter.rows * y - filter.targets).norm() + std::sqrt(filter.base), 1e-13);
  // A step that the smallest measurement alone sees.
  const RowMatrix unseen_by_others = orthonormal_complement(A.topRows(7));
  const Eigen::VectorXd step = unseen_by_others.row(0).transpose();
  const double seen = std::abs(A.row(7).dot(step));
  ASSERT_GT(seen, 1e-9);
  EXPECT_NEAR((filter.rows * (y + step) - filter.targets).norm(), seen, 1e-13);
}

TEST(TrainFilter, CompletionIsKeptAsItIs) {
  Config config;
  config.completion = true;
  const Problem problem = random_problem(config, 0);
  const TrainFilter filter = train_filter(problem.A_train, problem.b_train);
  EXPECT_EQ(filter.rows, problem.A_train);
  EXPECT_EQ(filter.targets, problem.b_train);
  EXPECT_EQ(filter.base, 0.0);
}

}  // namespace
}  // namespace gnc
