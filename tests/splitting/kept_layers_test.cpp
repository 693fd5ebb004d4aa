#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "host/engine/prepared_cell.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cpu/cpu_particles.hpp"
#include "kernels/cpu/splitting_kernel.hpp"
#include "tests/engine/judge.hpp"

namespace gnc {
namespace {

constexpr double kNoLevel = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kCount = 200;

/// Particles whose moves keep hidden layers, or compute all of them anew.
class KeptLayersTest : public testing::TestWithParam<Activation> {
 protected:
  struct Memory {
    ScratchMemory weights, losses, hidden;
  };

  static Config config_of(Activation activation) {
    Config config;
    config.activation = activation;
    config.negative_slope = 0.2;
    config.seed = 4;
    return config;
  }
  KeptLayersTest()
      : config(config_of(GetParam())),
        problem(random_problem(config, 0)),
        cell(config, point, 0, problem),
        n(n_weights(5, 5, point.width, point.depth)) {}

  Particles particles(Memory& memory, bool keep) const {
    const std::uint64_t padded = (kCount + kParticleBlock - 1) / kParticleBlock * kParticleBlock;
    Particles some{memory.weights.reserve(padded * static_cast<std::size_t>(n) + kSpareWeights),
                   memory.losses.reserve(padded), kCount};
    if (keep) {
      some.hidden = memory.hidden.reserve(padded * static_cast<std::size_t>(hidden_entries(cell.view())));
    }
    return some;
  }
  ParticleMove move_of(int layer) const {
    const std::int64_t end = layer == point.depth ? n : layer_offset(5, point.width, layer + 1);
    return {0.8f, 0.6f, layer_offset(5, point.width, layer), end};
  }
  LayerMove layer_move(std::uint32_t step, int layer, double level) const {
    return {0, key, step, move_of(layer), level};
  }
  std::vector<float> losses(CpuParticles& store) const {
    std::vector<float> all(kCount);
    store.read_losses(0, all);
    return all;
  }
  std::vector<float> weights(CpuParticles& store) const {
    std::vector<float> all(kCount * static_cast<std::size_t>(n));
    store.read_weights(0, 0, all);
    return all;
  }

  Point point{6, 7, 0.0, 0.0};
  Config config;
  Problem problem;
  PreparedCell cell;
  std::int64_t n;
  PhiloxKey key{11, 12};
};

TEST_P(KeptLayersTest, ChangeNoBitWhateverTheOrderOfTheMoves) {
  ASSERT_GT(hidden_entries(cell.view()), 0);
  Memory keeping, forgetting;
  ScratchMemory scratch;
  Particles kept = particles(keeping, true), plain = particles(forgetting, false);
  draw_particles(cell.view(), key, 0, kept, scratch);
  draw_particles(cell.view(), key, 0, plain, scratch);
  std::uint64_t accepted = 0;
  std::uint32_t step = 1;
  for (const int layer : {1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7, 4, 2, 3, 3, 7, 1, 6, 7, 5, 4, 3, 2, 1}) {
    const std::uint64_t moved = move_particles(cell.view(), key, step, move_of(layer), 0.05, kept, scratch);
    ASSERT_EQ(moved, move_particles(cell.view(), key, step, move_of(layer), 0.05, plain, scratch));
    for (std::uint64_t p = 0; p < kCount; ++p) ASSERT_EQ(kept.losses[p], plain.losses[p]) << step << " " << p;
    accepted += moved;
    ++step;
  }
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(kCount) * n; ++i) {
    ASSERT_EQ(kept.weights[i], plain.weights[i]) << i;
  }
  EXPECT_GT(accepted, kCount);
  EXPECT_LT(accepted, kCount * (step - 1));
}

TEST_P(KeptLayersTest, GiveTheJudgesLosses) {
  CpuParticles store(cell.view(), 1, kCount);
  store.draw(std::vector<ParticleDraw>{{0, key, 0}});
  for (int layer = 1; layer <= point.depth; ++layer) {
    store.move(std::vector<LayerMove>{layer_move(static_cast<std::uint32_t>(layer), layer, kNoLevel)});
    const std::vector<float> found = losses(store), all = weights(store);
    for (std::uint64_t p = 0; p < kCount; p += 11) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(p * static_cast<std::uint64_t>(n));
      const JudgedDraw judged = judge(config, point, problem, std::vector<float>(begin, begin + n));
      ASSERT_NEAR(found[p], judged.train_loss, 1e-5 * (0.01 + judged.train_loss)) << layer << " " << p;
    }
  }
}

TEST_P(KeptLayersTest, AreThoseOfTheWeightsAfterARefillAndWhereWeightsAreWritten) {
  CpuParticles store(cell.view(), 1, kCount);
  const auto move = [&](CpuParticles& moved, std::uint32_t step, int layer) {
    return moved.move(std::vector<LayerMove>{layer_move(step, layer, 0.06)});
  };
  const auto move_on_both = [&](CpuParticles& other) {
    other.write_losses(0, losses(store));
    other.write_weights(0, 0, weights(store));
    EXPECT_EQ(move(store, 9, 4), move(other, 9, 4));
    EXPECT_EQ(losses(store), losses(other));
    EXPECT_EQ(weights(store), weights(other));
  };
  store.draw(std::vector<ParticleDraw>{{0, key, 0}});
  for (int layer = 1; layer <= 3; ++layer) move(store, static_cast<std::uint32_t>(layer), layer);
  const std::vector<std::uint64_t> below = store.count_below(std::vector<ParticlesBelow>{{0, 0.05}});
  ASSERT_GT(below.at(0), 0u);
  ASSERT_LT(below.at(0), kCount);
  store.refill(std::vector<ParticleRefill>{{0, below.at(0), 0}});
  CpuParticles fresh(cell.view(), 1, kCount);
  move_on_both(fresh);

  CpuParticles moved(cell.view(), 1, kCount);
  moved.draw(std::vector<ParticleDraw>{{0, key, 20}});
  for (int layer = 1; layer <= 3; ++layer) move(moved, static_cast<std::uint32_t>(layer), layer);
  move_on_both(moved);
}

INSTANTIATE_TEST_SUITE_P(Activations, KeptLayersTest,
                         testing::Values(Activation::Linear, Activation::Tanh, Activation::LeakyRelu),
                         [](const auto& tested) {
                           return tested.param == Activation::Linear ? "Linear"
                                  : tested.param == Activation::Tanh ? "Tanh"
                                                                     : "LeakyRelu";
                         });

}  // namespace
}  // namespace gnc
