#include "host/splitting/population.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/problem/random_problem.hpp"
#include "host/splitting/state_bytes.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "kernels/cpu/simd_targets.hpp"
#include "tests/engine/judge.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {
namespace {

Config small_config() {
  Config config;
  config.seed = 9;
  return config;
}

void expect_same(const CpuPopulation& a, const CpuPopulation& b, const std::string& name) {
  EXPECT_EQ(a->finished(), b->finished()) << name;
  EXPECT_EQ(a->levels(), b->levels()) << name;
  EXPECT_EQ(a->passes(), b->passes()) << name;
  EXPECT_EQ(a->log_rate(), b->log_rate()) << name;
  EXPECT_EQ(a->prior(), b->prior()) << name;
  EXPECT_EQ(a.state(), b.state()) << name;
  ASSERT_EQ(a->curve().size(), b->curve().size()) << name;
  for (std::size_t i = 0; i < a->curve().size(); ++i) {
    EXPECT_EQ(a->curve()[i].eps_train, b->curve()[i].eps_train) << name;
    EXPECT_EQ(a->curve()[i].reached, b->curve()[i].reached) << name;
    EXPECT_EQ(a->curve()[i].log_rate, b->curve()[i].log_rate) << name;
    EXPECT_EQ(a->curve()[i].gen, b->curve()[i].gen) << name;
    EXPECT_EQ(a->curve()[i].below, b->curve()[i].below) << name;
    EXPECT_EQ(a->curve()[i].gen_losses, b->curve()[i].gen_losses) << name;
  }
}

TEST(Population, InterruptedAtEveryLevelGivesTheSameBits) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 3, 0.0, 0.0}, 0, random_problem(config, 0));
  const std::vector<double> points{0.1, 0.03, 0.01};
  const SplittingSettings settings{101, 4};  // the last block of particles is not full
  CpuPopulation whole(cell, 2, settings, points);
  CpuPopulation interrupted(cell, 2, settings, points);
  int steps = 0;
  while (!whole->finished()) {
    CpuPopulation next(cell, 2, settings, points);
    next.restore(interrupted.state());
    next.advance();
    interrupted.restore(next.state());
    whole.advance();
    ++steps;
    expect_same(whole, interrupted, "step " + std::to_string(steps));
  }
  EXPECT_GT(steps, 10);
  EXPECT_EQ(whole->curve().size(), points.size());
}

TEST(Population, EverySimdTargetGivesTheSameBits) {
  int compared = 0;
  for (const Prior prior : {Prior::Gauss, Prior::Unif}) {
    for (const Point point : {Point{4, 3, 0.0, 0.0}, Point{36, 2, 0.0, 0.0}}) {
      Config config = small_config();
      config.gnc_init = prior;
      config.activation = Activation::Tanh;
      const PreparedCell cell(config, point, 0, random_problem(config, 0));
      const auto run = [&] {
        CpuPopulation population(cell, 1, {101, 4}, {0.02});
        for (int i = 0; i < 8; ++i) population.advance();
        return population.state();
      };
      select_simd_target("");
      const std::string arithmetic = simd_arithmetic();
      const std::vector<std::byte> expected = run();
      for (const std::string& target : simd_targets()) {
        select_simd_target(target);
        if (simd_arithmetic() != arithmetic) continue;
        EXPECT_EQ(run(), expected) << target;
        ++compared;
      }
      select_simd_target("");
    }
  }
  EXPECT_GE(compared, 4);
}

TEST(Population, OthersDrawOtherNumbers) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 2, 0.0, 0.0}, 0, random_problem(config, 0));
  CpuPopulation first(cell, 0, {200, 2}, {0.1}), second(cell, 1, {200, 2}, {0.1});
  first.advance();
  second.advance();
  EXPECT_NE(first->prior(), second->prior());
}

TEST(Population, RefusesBytesThatAreNoState) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 2, 0.0, 0.0}, 0, random_problem(config, 0));
  const SplittingSettings settings{64, 2};
  CpuPopulation population(cell, 0, settings, {0.1});
  for (int i = 0; i < 3; ++i) population.advance();
  const std::vector<std::byte> good = population.state();
  CpuPopulation other(cell, 0, settings, {0.1});
  EXPECT_THROW(other.restore({}), std::invalid_argument);
  for (std::size_t length : {std::size_t{1}, good.size() / 2, good.size() - 1}) {
    EXPECT_THROW(other.restore(std::span(good).first(length)), std::invalid_argument) << length;
  }
  for (std::size_t at = 0; at < good.size(); at += 97) {
    std::vector<std::byte> bad = good;
    bad[at] ^= std::byte{4};
    EXPECT_THROW(other.restore(bad), std::invalid_argument) << at;
  }
  EXPECT_THROW(CpuPopulation(cell, 1, settings, {0.1}).restore(good), std::invalid_argument);
  EXPECT_THROW(CpuPopulation(cell, 0, {64, 3}, {0.1}).restore(good), std::invalid_argument);
  EXPECT_THROW(CpuPopulation(cell, 0, settings, {0.2}).restore(good), std::invalid_argument);
  other.restore(good);
  expect_same(population, other, "good");
}

TEST(Population, RefusesSettingsOutOfRange) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 2, 0.0, 0.0}, 0, random_problem(config, 0));
  EXPECT_THROW(CpuPopulation(cell, 0, {1, 2}, {0.1}), std::invalid_argument);
  EXPECT_THROW(CpuPopulation(cell, 0, {64, 0}, {0.1}), std::invalid_argument);
  EXPECT_THROW(CpuPopulation(cell, 0, {64, 2}, {}), std::invalid_argument);
  EXPECT_THROW(CpuPopulation(cell, 0, {64, 2}, {0.1, 0.1}), std::invalid_argument);
  EXPECT_THROW(CpuPopulation(cell, 0, {64, 2}, {0.1, -0.1}), std::invalid_argument);
}

TEST(Population, ToleranceThatEverythingMeets) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 2, 0.0, 0.0}, 0, random_problem(config, 0));
  CpuPopulation population(cell, 0, {500, 3}, {1e30, 1e29});
  run_to_the_end(population);
  ASSERT_EQ(population->curve().size(), 2u);
  for (const CurvePoint& point : population->curve()) {
    EXPECT_TRUE(point.reached);
    EXPECT_EQ(point.log_rate, 0.0);
  }
  EXPECT_EQ(population->prior().count, 500u);
}

/// Two equal measurements with targets 1 apart: no Y has a train loss below 1 / 8.
Problem contradictory_problem(const Config& config) {
  Problem problem = random_problem(config, 0);
  problem.A_train.row(1) = problem.A_train.row(0);
  problem.b_train = problem.b_train.head(4).eval();
  problem.A_train = problem.A_train.topRows(4).eval();
  problem.b_train[1] = problem.b_train[0] + 1.0;
  return problem;
}

TEST(Population, TrainLossThatNoMatrixReachesIsABoundAndEndsSoon) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 2, 0.0, 0.0}, 0, contradictory_problem(config));
  CpuPopulation population(cell, 0, {256, 4}, {0.2, 0.13, 0.1249, 1e-3});
  run_to_the_end(population);
  ASSERT_EQ(population->curve().size(), 4u);
  EXPECT_TRUE(population->curve()[0].reached);
  EXPECT_TRUE(population->curve()[1].reached);
  EXPECT_FALSE(population->curve()[2].reached);
  EXPECT_FALSE(population->curve()[3].reached);
  EXPECT_EQ(population->curve()[3].log_rate, population->curve()[1].log_rate);
  EXPECT_LT(population->levels(), 60);
}

TEST(Population, TrainLossJustAboveTheLeastEnds) {
  const Config config = small_config();
  const PreparedCell cell(config, {4, 2, 0.0, 0.0}, 0, contradictory_problem(config));
  CpuPopulation population(cell, 0, {64, 4}, {0.125 * (1 + 2e-7)});
  run_to_the_end(population);
  ASSERT_EQ(population->curve().size(), 1u);
  EXPECT_LT(population->curve()[0].log_rate, -10.0);
  EXPECT_LE(population->levels(), kMostLevels);
}

// Normalised 1 x 1 matrices are +1 or -1.
TEST(Population, ParticlesThatAreAllAlikeDoNotLoop) {
  Config config = small_config();
  config.n_rows = 1;
  config.n_cols = 1;
  config.gnc_normalize = true;
  config.gnc_softening = 0.0;
  Problem problem;
  problem.ground_truth = RowMatrix::Constant(1, 1, 1.0);
  problem.A_train = RowMatrix::Constant(1, 1, 1.0);
  problem.b_train = Eigen::VectorXd::Constant(1, 3.0);
  problem.A_test = problem.A_train;
  problem.b_test = problem.b_train;
  const PreparedCell cell(config, {1, 2, 0.0, 0.0}, 0, problem);
  // Losses are (1 - 3)^2 or (-1 - 3)^2, each for half of the draws.
  CpuPopulation population(cell, 0, {1000, 3}, {20.0, 10.0, 5.0, 3.0});
  run_to_the_end(population);
  const auto& curve = population->curve();
  ASSERT_EQ(curve.size(), 4u);
  EXPECT_TRUE(curve[0].reached && curve[1].reached && curve[2].reached);
  EXPECT_EQ(curve[0].log_rate, 0.0);
  EXPECT_NEAR(std::exp(curve[1].log_rate), 0.5, 4 * 0.5 / std::sqrt(1000.0));
  EXPECT_EQ(curve[1].log_rate, curve[2].log_rate);
  EXPECT_FALSE(curve[3].reached);
  EXPECT_EQ(curve[3].log_rate, curve[2].log_rate);
  EXPECT_LT(population->levels(), 5);
}

TEST(Population, PointsKeepLossesOfEvenlySpacedRanks) {
  EXPECT_TRUE(Population::ranks(0).empty());
  EXPECT_EQ(Population::ranks(3), (std::vector<std::uint64_t>{0, 1, 2}));
  for (const std::uint64_t count :
       {std::uint64_t{256}, std::uint64_t{257}, std::uint64_t{4096}, (std::uint64_t{1} << 32) - 2}) {
    const std::vector<std::uint64_t> ranks = Population::ranks(count);
    ASSERT_EQ(ranks.size(), 256u) << count;
    const double share = static_cast<double>(count) / 256.0;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      EXPECT_LE(std::abs(static_cast<double>(ranks[i]) - (static_cast<double>(i) + 0.5) * share), 1.0);
    }
    EXPECT_LT(ranks.back(), count);
  }
}

/// Networks of width 1 whose hidden values are cut at 0: most are dead, Y = 0, and have a train loss of 1.
PreparedCell mostly_dead_cell(int depth) {
  Config config = small_config();
  config.n_rows = 1;
  config.n_cols = 1;
  config.activation = Activation::LeakyRelu;
  config.negative_slope = 0.0;
  Problem problem;
  problem.ground_truth = problem.A_train = problem.A_test = RowMatrix::Constant(1, 1, 1.0);
  problem.b_train = problem.b_test = Eigen::VectorXd::Constant(1, 1.0);
  return {config, {1, depth, 0.0, 0.0}, 0, problem};
}

/// P((Y - 1)^2 < eps) of such networks, from 4 * 10^6 plain draws.
double rate_of_mostly_dead(int depth, double eps) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  constexpr int kDraws = 4'000'000;
  int accepted = 0;
  for (int i = 0; i < kDraws; ++i) {
    double y = 1.0;
    for (int layer = 1; layer < depth && y > 0.0; ++layer) y *= std::max(0.0, normal(random));
    if (y > 0.0) y *= normal(random);
    if ((y - 1.0) * (y - 1.0) < eps) ++accepted;
  }
  return static_cast<double>(accepted) / kDraws;
}

// Populations that happen to have a few particles below a loss that most have are a selection: with a rate of
// 0.01 and 256 particles 3 are to be expected, and those with one at least have more.
TEST(Population, ALevelThatHardlyAnyAreBelowIsNotTaken) {
  const PreparedCell cell = mostly_dead_cell(6);
  const double rate = rate_of_mostly_dead(6, 0.99);
  EXPECT_GT(256 * rate, 1.0);
  EXPECT_LT(256 * rate, 5.0);
  for (const std::vector<CurvePoint>& curve : run_populations(cell, 16, {256, 4}, {1.01, 0.99, 0.5})) {
    ASSERT_EQ(curve.size(), 3u);
    EXPECT_TRUE(curve[0].reached);
    EXPECT_FALSE(curve[1].reached);
    EXPECT_FALSE(curve[2].reached);
    EXPECT_EQ(curve[1].below, 0u);
    EXPECT_TRUE(curve[1].gen_losses.empty());
    EXPECT_EQ(curve[2].log_rate, curve[1].log_rate);
    EXPECT_GT(curve[1].log_rate, std::log(rate));
  }
}

TEST(Population, ALevelThatManyLossesEqualHasTheRateBelowIt) {
  const double eps = 0.99;
  const double rate = rate_of_mostly_dead(6, eps);
  const auto points = points_at(run_populations(mostly_dead_cell(6), 16, {8192, 4}, {1.01, eps}), 1);
  const SplittingEstimate estimate = splitting_estimate(points);
  ASSERT_TRUE(estimate.reached);
  // The plain draws' own error is a twentieth of a population's.
  EXPECT_NEAR(std::log(estimate.rate), std::log(rate), 4 * log_rate_error(points));
}

TEST(Population, FirstParticlesAreDrawsOfThePrior) {
  for (const Prior prior : {Prior::Gauss, Prior::Unif}) {
    Config config = small_config();
    config.gnc_init = prior;
    const Problem problem = random_problem(config, 0);
    const PreparedCell cell(config, {5, 2, 0.0, 0.0}, 0, problem);
    CpuPopulation population(cell, 0, {20'000, 1}, {1e-3});
    population.advance();
    const LossStatistics gen = loss_statistics(population->prior());
    // Entries of Y have variance sigma^4 / n_cols, sigma^2 = 1 or 1/3, and A_test has orthonormal rows.
    const double variance = prior == Prior::Gauss ? 1.0 : 1.0 / 9.0;
    const double truth =
        variance / 5.0 + problem.b_test.squaredNorm() / static_cast<double>(problem.n_test());
    EXPECT_LT(std::abs(*gen.mean - truth), 4 * *gen.standard_error) << *gen.mean << " against " << truth;
  }
}

/// Losses and weights of the particles, from the end of the state.
struct StateParticles {
  std::vector<float> losses;
  std::vector<std::vector<float>> weights;

  StateParticles(const std::vector<std::byte>& state, std::size_t particles, std::size_t n_weights) {
    const std::size_t floats = particles * (n_weights + 1);
    StateReader reader(state);
    while (reader.left() > 4 * floats) reader.u32();
    for (std::size_t p = 0; p < particles; ++p) losses.push_back(reader.real32());
    for (std::size_t p = 0; p < particles; ++p) {
      weights.emplace_back();
      for (std::size_t w = 0; w < n_weights; ++w) weights.back().push_back(reader.real32());
    }
  }
};

TEST(Population, SmallTrainLossesAreTheJudges) {
  for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
    Config config = small_config();
    config.activation = activation;
    config.gnc_normalize = activation == Activation::Tanh;
    const Problem problem = random_problem(config, 0);
    const Point point{5, activation == Activation::Linear ? 2 : 4, 0.0, 0.0};
    const PreparedCell cell(config, point, 0, problem);
    constexpr std::size_t kParticles = 128;
    CpuPopulation population(cell, 0, {kParticles, 8}, {1e-7});
    for (const double bound : {1e-2, 1e-4, 1e-6}) {
      while (!population->finished() && population->level() > bound) population.advance();
      ASSERT_FALSE(population->finished());
      const auto n = static_cast<std::size_t>(n_weights(5, 5, point.width, point.depth));
      const StateParticles particles(population.state(), kParticles, n);
      double worst = 0.0;
      for (std::size_t p = 0; p < kParticles; ++p) {
        const double judged = judge(config, point, problem, particles.weights[p]).train_loss;
        EXPECT_LT(particles.losses[p], population->level());
        worst = std::max(worst, std::abs(particles.losses[p] / judged - 1.0));
      }
      // A residual's error is some units of the last place of the targets, about 1e-7, against its size
      // sqrt(loss).
      EXPECT_LT(worst, 2e-6 / std::sqrt(bound)) << "loss " << bound;
      fmt::print("activation {} loss {:g}: worst relative error {:.1e}\n", static_cast<int>(activation),
                 bound, worst);
    }
  }
}

}  // namespace
}  // namespace gnc
