#include "host/engine/prepared_cell.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "host/engine/cpu_engine.hpp"
#include "host/problem/orthonormal_complement.hpp"
#include "host/problem/random_problem.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "kernels/cpu/draw_kernel.hpp"
#include "kernels/random_stream.hpp"

namespace gnc {
namespace {

/// 4 x 7, one measurement of norm 1.7 with target 0.4, an invented ground truth.
Problem one_measurement() {
  Problem problem;
  problem.ground_truth = RowMatrix::NullaryExpr(4, 7, [](Eigen::Index i, Eigen::Index j) {
    return 0.3 * std::sin(static_cast<double>(1 + i * 7 + j));
  });
  const Eigen::Map<const Eigen::VectorXd> truth(problem.ground_truth.data(), 28);
  problem.A_train = RowMatrix::NullaryExpr(
      1, 28, [](Eigen::Index, Eigen::Index e) { return std::cos(static_cast<double>(3 * e + 1)); });
  problem.A_train *= 1.7 / problem.A_train.norm();
  problem.b_train = Eigen::VectorXd::Constant(1, 0.4);
  problem.A_test = orthonormal_complement(problem.A_train);
  problem.b_test = problem.A_test * truth;
  return problem;
}

Config config_of(const Problem& problem) {
  Config config;
  config.n_rows = problem.n_rows();
  config.n_cols = problem.n_cols();
  config.num_measurements = problem.n_train();
  config.seed = 21;
  config.draw = DrawLaw::Product;
  return config;
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// Y = G / sqrt(n_cols): the measured value is N(0, |a|^2 / n_cols), and independent of the complement's
// coordinates, which are N(0, 1 / n_cols) each. So acceptance is a normal probability and both the prior's
// and the posterior's mean generalization loss are 1 / n_cols + |b_test|^2 / n_test. 4 sigma, fixed seed.
TEST(InfiniteWidth, HasTheRateAndLossesOfItsNormalLawAtEveryDepth) {
  const Problem problem = one_measurement();
  const Config config = config_of(problem);
  const std::vector<double> tolerances{0.3, 0.02, 1e-4};
  constexpr std::uint64_t kDraws = 1'000'000;
  const double sd = 1.7 / std::sqrt(7.0);
  const double gen = 1.0 / 7.0 + problem.b_test.squaredNorm() / static_cast<double>(problem.n_test());
  std::vector<ChunkResult> by_depth;
  for (const std::int64_t depth : {1, 2, 5, 1000}) {
    const PreparedCell cell(config, {kInfiniteWidth, depth, 0.0, 0.0}, 0, problem);
    const ChunkResult chunk = CpuEngine().run_chunk(cell, {0, kDraws}, tolerances, 0);
    for (std::size_t t = 0; t < tolerances.size(); ++t) {
      const double r = std::sqrt(tolerances[t]);
      const double rate = normal_cdf((0.4 + r) / sd) - normal_cdf((0.4 - r) / sd);
      const double sigma = std::sqrt(rate * (1.0 - rate) * static_cast<double>(kDraws));
      EXPECT_NEAR(static_cast<double>(chunk.accepted[t].count), rate * static_cast<double>(kDraws),
                  4.0 * sigma)
          << "depth " << depth << " tolerance " << tolerances[t];
      const LossStatistics posterior = loss_statistics(chunk.accepted[t]);
      EXPECT_NEAR(posterior.mean.value(), gen, 4.0 * posterior.standard_error.value())
          << "depth " << depth << " tolerance " << tolerances[t];
    }
    const LossStatistics prior = loss_statistics(chunk.prior);
    EXPECT_NEAR(prior.mean.value(), gen, 4.0 * prior.standard_error.value()) << "depth " << depth;
    // The prior's standard error is known as well: of (s z - b)^2, 2 s^4 + 4 s^2 b^2 for each coordinate.
    const double s2 = 1.0 / 7.0;
    const auto q = static_cast<double>(problem.n_test());
    const double variance = (2.0 * s2 * s2 * q + 4.0 * s2 * problem.b_test.squaredNorm()) / (q * q);
    EXPECT_NEAR(prior.standard_error.value(), std::sqrt(variance / static_cast<double>(chunk.prior.count)),
                0.05 * prior.standard_error.value());
    for (const ChunkResult& other : by_depth) {
      EXPECT_FALSE(other.prior == chunk.prior) << "depth " << depth << " draws the numbers of another";
    }
    by_depth.push_back(chunk);
  }
}

TEST(InfiniteWidth, IsDrawnByTheNumbersOfItsOwnPoint) {
  const Problem problem = one_measurement();
  const PreparedCell cell(config_of(problem), {kInfiniteWidth, 6, 0.0, 0.0}, 3, problem);
  ScratchMemory memory;
  for (const std::uint64_t index : {std::uint64_t{0}, (std::uint64_t{1} << 40) + 7}) {
    RandomStream stream(cell_key(21, 9223372036854775807u, 6, 3), Stream::Draws, index);
    for (const float entry : replay_draw(cell.view(), index, memory).Y) {
      ASSERT_NEAR(entry, stream.normal() / std::sqrt(7.0), 1e-5) << index;
    }
  }
}

// A finite network approaches the limit: at depth 2, width k, the rate differs by a term of order 1 / k.
TEST(InfiniteWidth, IsWhatWideNetworksApproach) {
  Config config;
  config.seed = 4;
  const Problem problem = random_problem(config, 0);
  const std::vector<double> tolerances{0.1};
  const auto rate_at = [&](std::int64_t width, std::uint64_t draws) {
    const PreparedCell cell(config, {width, 2, 0.0, 0.0}, 0, problem);
    return static_cast<double>(CpuEngine().run_chunk(cell, {0, draws}, tolerances, 0).accepted[0].count) /
           static_cast<double>(draws);
  };
  const double limit = rate_at(kInfiniteWidth, 1'000'000);
  const double wide = rate_at(2000, 20'000);
  const double narrow = rate_at(5, 1'000'000);
  const double sigma = std::sqrt(limit * (1.0 / 1e6 + 1.0 / 2e4));
  EXPECT_NEAR(wide, limit, 4.0 * sigma);
  EXPECT_GT(narrow, 1.3 * limit);
}

TEST(InfiniteWidth, CanBeNormalised) {
  const Problem problem = one_measurement();
  Config config = config_of(problem);
  config.gnc_normalize = true;
  const PreparedCell cell(config, {kInfiniteWidth, 2, 0.0, 0.0}, 0, problem);
  ScratchMemory memory;
  double squares = 0.0;
  for (const float entry : replay_draw(cell.view(), 12, memory).Y) {
    squares += static_cast<double>(entry) * static_cast<double>(entry);
  }
  EXPECT_NEAR(squares, 1.0, 1e-5);
}

TEST(InfiniteWidth, OfAnotherActivationOrPriorIsRefused) {
  const Problem problem = one_measurement();
  const Point point{kInfiniteWidth, 2, 0.0, 0.0};
  Config config = config_of(problem);
  config.activation = Activation::Tanh;
  EXPECT_THROW(PreparedCell(config, point, 0, problem), std::invalid_argument);
  config = config_of(problem);
  config.gnc_init = Prior::Unif;
  EXPECT_THROW(PreparedCell(config, point, 0, problem), std::invalid_argument);
}

}  // namespace
}  // namespace gnc
