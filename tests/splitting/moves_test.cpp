#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/engine/prepared_cell.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cpu/splitting_kernel.hpp"
#include "kernels/random_stream.hpp"
#include "tests/engine/judge.hpp"

namespace gnc {
namespace {

/// A cell with some particles and their memory.
class MovesTest : public testing::TestWithParam<Prior> {
 protected:
  static constexpr std::uint64_t kCount = 2000;
  static constexpr double kNoLevel = std::numeric_limits<double>::infinity();

  static Config config_of(Prior prior) {
    Config config;
    config.gnc_init = prior;
    config.seed = 4;
    return config;
  }
  MovesTest()
      : config(config_of(GetParam())),
        problem(random_problem(config, 0)),
        cell(config, point, 0, problem),
        n(n_weights(5, 5, point.width, point.depth)) {
    particles.weights = weight_memory.reserve(kCount * static_cast<std::size_t>(n) + kSpareWeights);
    particles.losses = loss_memory.reserve(kCount);
    particles.count = kCount;
  }
  float& weight(std::uint64_t p, std::int64_t i) {
    const auto lanes = static_cast<std::uint64_t>(particle_lanes());
    return particles.weights[p / lanes * lanes * static_cast<std::uint64_t>(n) +
                             static_cast<std::uint64_t>(i) * lanes + p % lanes];
  }
  std::vector<float> weights(std::uint64_t p) {
    std::vector<float> all;
    for (std::int64_t i = 0; i < n; ++i) all.push_back(weight(p, i));
    return all;
  }
  /// Mean, second and fourth moment of all weights are the prior's, within 4.5 standard errors.
  void expect_prior() {
    double sums[3] = {}, squares[3] = {};
    for (std::uint64_t p = 0; p < kCount; ++p) {
      for (const float w : weights(p)) {
        const double x = w;
        const double powers[3] = {x, x * x, x * x * x * x};
        for (int k = 0; k < 3; ++k) {
          sums[k] += powers[k];
          squares[k] += powers[k] * powers[k];
        }
      }
    }
    const double total = static_cast<double>(kCount) * static_cast<double>(n);
    const double truth[2][3] = {{0.0, 1.0, 3.0}, {0.0, 1.0 / 3.0, 1.0 / 5.0}};
    for (int k = 0; k < 3; ++k) {
      const double mean = sums[k] / total;
      const double error = std::sqrt((squares[k] / total - mean * mean) / total);
      EXPECT_LT(std::abs(mean - truth[GetParam() == Prior::Gauss ? 0 : 1][k]), 4.5 * error) << k;
    }
  }

  Point point{7, 3, 0.0, 0.0};
  Config config;
  Problem problem;
  PreparedCell cell;
  std::int64_t n;
  PhiloxKey key{11, 12};
  ScratchMemory weight_memory, loss_memory, scratch;
  Particles particles;
};

TEST_P(MovesTest, DrawsAreThePriorsAndLossesTheJudges) {
  draw_particles(cell.view(), key, 0, particles, scratch);
  expect_prior();
  ScratchMemory gen_memory;
  float* gen = gen_memory.reserve(kCount);
  generalization_losses(cell.view(), particles, gen, scratch);
  for (std::uint64_t p = 0; p < kCount; p += 7) {
    const JudgedDraw judged = judge(config, point, problem, weights(p));
    EXPECT_NEAR(particles.losses[p], judged.train_loss, 1e-5 * (0.01 + judged.train_loss)) << p;
    EXPECT_NEAR(gen[p], judged.gen_loss, 1e-5 * (0.01 + judged.gen_loss)) << p;
  }
}

TEST_P(MovesTest, MoveTheNamedWeightsByTheirOwnNumbers) {
  draw_particles(cell.view(), key, 0, particles, scratch);
  std::vector<std::vector<float>> before;
  for (std::uint64_t p = 0; p < kCount; ++p) before.push_back(weights(p));
  const ParticleMove move{0.8f, 0.6f, 35, 84};
  EXPECT_EQ(move_particles(cell.view(), key, 5, move, kNoLevel, particles, scratch), kCount);
  for (std::uint64_t p = 0; p < kCount; ++p) {
    RandomStream numbers(key, Stream::Splitting, (std::uint64_t{5} << 32) + p);
    for (std::int64_t i = 0; i < n; ++i) {
      const double xi = numbers.normal();
      const double w = before[p][static_cast<std::size_t>(i)];
      if (i < move.begin || i >= move.end) {
        ASSERT_EQ(weight(p, i), before[p][static_cast<std::size_t>(i)]);
        continue;
      }
      double expected = 0.8 * w + 0.6 * xi;
      if (GetParam() == Prior::Unif) {
        expected = w + 0.6 * xi;
        while (std::abs(expected) > 1.0) expected = (expected > 0 ? 2.0 : -2.0) - expected;
      }
      ASSERT_NEAR(weight(p, i), expected, 2e-5) << p << " " << i;
    }
  }
}

TEST_P(MovesTest, LeaveThePriorInvariantWhateverTheStep) {
  std::vector<double> steps{0.1, 0.9};
  if (GetParam() == Prior::Unif) steps = {0.1, 2.0, 1000.0};
  for (const double step : steps) {
    draw_particles(cell.view(), key, 0, particles, scratch);
    const ParticleMove move{static_cast<float>(std::sqrt(std::max(0.0, 1.0 - step * step))),
                            static_cast<float>(step), 0, n};
    for (std::uint32_t i = 1; i <= 5; ++i) {
      move_particles(cell.view(), key, i, move, kNoLevel, particles, scratch);
    }
    expect_prior();
    if (GetParam() == Prior::Gauss) continue;
    for (std::uint64_t p = 0; p < kCount; ++p) {
      for (const float w : weights(p)) ASSERT_LE(std::abs(w), 1.0f);
    }
  }
}

TEST_P(MovesTest, AreAcceptedStrictlyBelowTheLevelAlone) {
  draw_particles(cell.view(), key, 0, particles, scratch);
  std::vector<std::vector<float>> before;
  std::vector<float> losses(particles.losses, particles.losses + kCount);
  for (std::uint64_t p = 0; p < kCount; ++p) before.push_back(weights(p));
  const double level = 0.1;
  std::uint64_t moved = 0;
  const std::uint64_t accepted =
      move_particles(cell.view(), key, 1, {0.6f, 0.8f, 0, n}, level, particles, scratch);
  for (std::uint64_t p = 0; p < kCount; ++p) {
    if (weights(p) == before[p]) {
      EXPECT_EQ(particles.losses[p], losses[p]);
      continue;
    }
    ++moved;
    EXPECT_LT(particles.losses[p], level);
    const double judged = judge(config, point, problem, weights(p)).train_loss;
    EXPECT_NEAR(particles.losses[p], judged, 1e-5 * judged + 1e-7);
  }
  EXPECT_EQ(moved, accepted);
  EXPECT_GT(moved, kCount / 50);
  EXPECT_LT(moved, kCount);
  // At its own loss a particle does not pass: nothing is below the least.
  const float least = *std::min_element(particles.losses, particles.losses + kCount);
  EXPECT_EQ(move_particles(cell.view(), key, 2, {1.0f, 0.0f, 0, n}, least, particles, scratch), 0u);
}

INSTANTIATE_TEST_SUITE_P(Priors, MovesTest, testing::Values(Prior::Gauss, Prior::Unif),
                         [](const auto& tested) { return tested.param == Prior::Gauss ? "Gauss" : "Unif"; });

}  // namespace
}  // namespace gnc
