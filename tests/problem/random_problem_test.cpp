#include "host/problem/random_problem.hpp"

#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <set>
#include <vector>

namespace gnc {
namespace {

Config sizes(std::int64_t n_rows, std::int64_t n_cols, std::int64_t rank, std::int64_t measurements) {
  Config config;
  config.n_rows = n_rows;
  config.n_cols = n_cols;
  config.gt_rank = rank;
  config.num_measurements = measurements;
  config.seed = 7;
  return config;
}

void expect_targets(const Problem& problem) {
  for (const auto& [A, b] :
       {std::pair{&problem.A_train, &problem.b_train}, std::pair{&problem.A_test, &problem.b_test}}) {
    ASSERT_EQ(A->rows(), b->size());
    for (Eigen::Index i = 0; i < A->rows(); ++i) {
      double inner = 0.0;
      for (Eigen::Index r = 0; r < problem.n_rows(); ++r) {
        for (Eigen::Index c = 0; c < problem.n_cols(); ++c) {
          inner += (*A)(i, r * problem.n_cols() + c) * problem.ground_truth(r, c);
        }
      }
      EXPECT_NEAR((*b)(i), inner, 1e-13);
    }
  }
}

TEST(RandomProblem, GroundTruthHasTheRankAndNormAskedFor) {
  for (Config config : {sizes(5, 5, 1, 15), sizes(3, 8, 2, 20), sizes(9, 4, 4, 10), sizes(1, 6, 1, 3)}) {
    config.gt_norm = 2.5;
    const Problem problem = random_problem(config, 3);
    ASSERT_EQ(problem.n_rows(), config.n_rows);
    ASSERT_EQ(problem.n_cols(), config.n_cols);
    EXPECT_NEAR(problem.ground_truth.norm(), 2.5, 1e-12);
    const auto values = Eigen::JacobiSVD<Eigen::MatrixXd>(problem.ground_truth).singularValues().eval();
    EXPECT_GT(values(config.gt_rank - 1), 1e-6);
    if (config.gt_rank < values.size()) {
      EXPECT_LT(values(config.gt_rank), 1e-12);
    }
  }
}

TEST(RandomProblem, SensingMeasurementsHaveNormOneAndAComplement) {
  for (const Config& config : {sizes(5, 5, 1, 15), sizes(3, 8, 2, 23), sizes(7, 2, 1, 1)}) {
    const Problem problem = random_problem(config, 0);
    ASSERT_EQ(problem.n_train(), config.num_measurements);
    ASSERT_EQ(problem.n_test(), config.n_rows * config.n_cols - config.num_measurements);
    for (Eigen::Index i = 0; i < problem.n_train(); ++i)
      EXPECT_NEAR(problem.A_train.row(i).norm(), 1.0, 1e-14);
    EXPECT_LT((problem.A_train * problem.A_test.transpose()).cwiseAbs().maxCoeff(), 1e-13);
    expect_targets(problem);
  }
}

TEST(RandomProblem, CompletionSplitsTheEntries) {
  Config config = sizes(4, 7, 2, 11);
  config.completion = true;
  const Problem problem = random_problem(config, 5);
  ASSERT_EQ(problem.n_train(), 11);
  ASSERT_EQ(problem.n_test(), 17);
  std::set<Eigen::Index> seen;
  for (const RowMatrix* A : {&problem.A_train, &problem.A_test}) {
    for (Eigen::Index i = 0; i < A->rows(); ++i) {
      Eigen::Index entry = 0;
      EXPECT_EQ(A->row(i).maxCoeff(&entry), 1.0);
      EXPECT_EQ(A->row(i).cwiseAbs().sum(), 1.0);
      EXPECT_TRUE(seen.insert(entry).second);
    }
  }
  EXPECT_EQ(seen.size(), 28u);
  expect_targets(problem);
}

// The first and the last measured entry are uniform over all entries: chi-squared, alarm at 1e-4, fixed seed.
TEST(RandomProblem, CompletionEntriesAreUniform) {
  Config config = sizes(3, 4, 1, 5);
  config.completion = true;
  constexpr int replicates = 6'000;
  for (const Eigen::Index measurement : {0, 4}) {
    std::vector<double> counts(12, 0.0);
    for (int replicate = 0; replicate < replicates; ++replicate) {
      Eigen::Index entry = 0;
      random_problem(config, replicate).A_train.row(measurement).maxCoeff(&entry);
      counts[static_cast<std::size_t>(entry)] += 1.0;
    }
    double statistic = 0.0;
    for (const double count : counts)
      statistic += std::pow(count - replicates / 12.0, 2) / (replicates / 12.0);
    EXPECT_GT(cdf(complement(boost::math::chi_squared(11), statistic)), 1e-4);
  }
}

// For norm-1 Gaussian directions in p dimensions E <A_i, A_j>^2 = 1/p and E A_i = 0: within 5 sigma, fixed
// seed.
TEST(RandomProblem, SensingDirectionsAreIsotropic) {
  const Config config = sizes(4, 4, 1, 15);
  constexpr int replicates = 2'000;
  double sum = 0.0, squares = 0.0, first = 0.0;
  for (int replicate = 0; replicate < replicates; ++replicate) {
    const Problem problem = random_problem(config, replicate);
    const double inner = problem.A_train.row(0).dot(problem.A_train.row(14));
    sum += inner * inner;
    squares += std::pow(inner, 4);
    first += problem.A_train(7, 3);
  }
  const double mean = sum / replicates;
  const double error = std::sqrt((squares / replicates - mean * mean) / replicates);
  EXPECT_NEAR(mean, 1.0 / 16.0, 5 * error);
  EXPECT_NEAR(first / replicates, 0.0, 5 * std::sqrt(1.0 / 16.0 / replicates));
}

TEST(RandomProblem, DependsOnSeedAndReplicateAlone) {
  const Config config = sizes(5, 5, 1, 15);
  Config other = config;
  other.points = {{160, 7, 0.1, 0.1}};
  other.gnc_num_samples = 3;
  EXPECT_EQ(random_problem(config, 2).A_train, random_problem(other, 2).A_train);
  EXPECT_NE(random_problem(config, 2).A_train, random_problem(config, 3).A_train);
  EXPECT_NE(random_problem(config, 2).ground_truth, random_problem(config, 3).ground_truth);
  other.seed = 8;
  EXPECT_NE(random_problem(config, 2).ground_truth, random_problem(other, 2).ground_truth);
}

TEST(RandomProblem, FewerMeasurementsAreTheFirstOnes) {
  const Problem many = random_problem(sizes(5, 5, 1, 15), 1);
  const Problem few = random_problem(sizes(5, 5, 1, 4), 1);
  EXPECT_EQ(many.ground_truth, few.ground_truth);
  EXPECT_EQ(RowMatrix(many.A_train.topRows(4)), few.A_train);
}

}  // namespace
}  // namespace gnc
