#include "host/engine/cpu_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "host/engine/complete_network.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cpu/simd_targets.hpp"
#include "kernels/random_stream.hpp"
#include "tests/engine/engine_cases.hpp"
#include "tests/engine/judge.hpp"

namespace gnc {
namespace {

TEST(CpuEngine, WeightsAreTheContractsNumbers) {
  ScratchMemory memory;
  for (const EngineCase& c : engine_cases()) {
    if (c.point.width > 20) continue;
    const Problem problem = random_problem(c.config, 0);
    const PreparedCell cell(c.config, c.point, 3, problem);
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{29}, (std::uint64_t{1} << 40) + 7}) {
      const ReplayedDraw draw = replay_draw(cell.view(), index, memory);
      RandomStream stream(cell_key(5, static_cast<std::uint64_t>(c.point.width),
                                   static_cast<std::uint64_t>(c.point.depth), 3),
                          Stream::Draws, index);
      for (const float weight : draw.weights) {
        const float expected =
            c.config.gnc_init == Prior::Gauss ? stream.normal() : 2.0f * stream.uniform() - 1.0f;
        ASSERT_NEAR(weight, expected, 1e-5) << c.name;
      }
    }
  }
}

// Float against the double-precision judge on the same weights: relative error of the losses below 2e-5 where
// they are not small by cancellation (residuals of order one are only known to 1e-7 or so of themselves).
TEST(CpuEngine, AgreesWithTheDoublePrecisionJudge) {
  ScratchMemory memory;
  CpuEngine engine;
  const std::vector<double> tolerances = {kEverything};
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    for (const EngineCase& c : cpu_cases()) {
      const Problem problem = random_problem(c.config, 1);
      const PreparedCell cell(c.config, c.point, 1, problem);
      const ChunkResult chunk = engine.run_chunk(cell, {5, 47}, tolerances, 1000);
      ASSERT_EQ(chunk.stored.size(), 42u) << c.name;
      for (std::size_t i = 0; i < chunk.stored.size(); i += 7) {
        const AcceptedDraw& draw = chunk.stored[i];
        ASSERT_EQ(draw.index, 5 + i);
        const ReplayedDraw replayed = replay_draw(cell.view(), draw.index, memory);
        EXPECT_EQ(replayed.train_loss, draw.train_loss) << target << " " << c.name;
        EXPECT_EQ(replayed.gen_loss, draw.gen_loss) << target << " " << c.name;
        EXPECT_EQ(replayed.Y, draw.Y) << target << " " << c.name;
        const JudgedDraw judged = judge(c.config, c.point, problem, complete_network(cell.view(), replayed));
        const double size = 1e-6 * (1.0 + judged.Y.norm());
        for (Eigen::Index e = 0; e < judged.Y.size(); ++e) {
          ASSERT_NEAR(draw.Y[static_cast<std::size_t>(e)], judged.Y.data()[e], 3 * size)
              << target << " " << c.name;
        }
        ASSERT_NEAR(draw.train_loss, judged.train_loss, 2e-5 * judged.train_loss + size * size)
            << target << " " << c.name;
        ASSERT_NEAR(draw.gen_loss, judged.gen_loss, 2e-5 * judged.gen_loss + size * size)
            << target << " " << c.name;
      }
    }
  }
  select_simd_target("");
}

TEST(CpuEngine, AcceptsWhatTheJudgeAccepts) {
  ScratchMemory memory;
  CpuEngine engine;
  int accepted = 0;
  for (const EngineCase& c : cpu_cases()) {
    if (c.point.width > 20) continue;
    const Problem problem = random_problem(c.config, 2);
    const PreparedCell cell(c.config, c.point, 2, problem);
    constexpr std::uint64_t kDraws = 400;
    std::vector<JudgedDraw> judged;
    std::vector<double> losses;
    for (std::uint64_t index = 0; index < kDraws; ++index) {
      judged.push_back(judge(c.config, c.point, problem,
                             complete_network(cell.view(), replay_draw(cell.view(), index, memory))));
      losses.push_back(judged.back().train_loss);
    }
    std::sort(losses.begin(), losses.end());
    const double eps = 0.5 * (losses[40] + losses[41]);
    const std::vector<double> tolerances = {eps};
    const ChunkResult chunk = engine.run_chunk(cell, {0, kDraws}, tolerances, kDraws);
    std::vector<bool> is_accepted(kDraws, false);
    for (const AcceptedDraw& draw : chunk.stored) is_accepted[draw.index] = true;
    ASSERT_EQ(chunk.accepted[0].count, chunk.stored.size());
    for (std::uint64_t index = 0; index < kDraws; ++index) {
      const double loss = judged[index].train_loss;
      if (std::abs(loss - eps) < 2e-5 * eps) continue;
      ASSERT_EQ(is_accepted[index], loss < eps) << c.name << " draw " << index;
      accepted += loss < eps ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, 1000);
}

TEST(CpuEngine, SimdTargetsWithFusedMultiplyAddGiveTheSameBits) {
  std::vector<std::string> targets;
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    if (simd_arithmetic() == "fma") targets.push_back(target);
  }
  select_simd_target("");
  if (targets.size() < 2) {
    GTEST_SKIP() << "this machine has " << targets.size() << " target(s) with fused multiply-add";
  }
  CpuEngine engine;
  const std::vector<double> tolerances = {1.0, 0.1};
  for (const EngineCase& c : cpu_cases()) {
    const Problem problem = random_problem(c.config, 0);
    const PreparedCell cell(c.config, c.point, 0, problem);
    std::vector<ChunkResult> results;
    for (const std::string& target : targets) {
      select_simd_target(target);
      results.push_back(engine.run_chunk(cell, {3, 1500}, tolerances, 50));
    }
    select_simd_target("");
    for (const ChunkResult& result : results) {
      ASSERT_EQ(result.accepted, results.front().accepted) << c.name;
      ASSERT_EQ(result.prior, results.front().prior) << c.name;
      ASSERT_EQ(result.stored, results.front().stored) << c.name;
    }
  }
}

TEST(CpuEngine, AnySplitIntoChunksGivesTheSameSums) {
  CpuEngine engine;
  const std::vector<double> tolerances = {0.5, 0.2, 0.05};
  for (const EngineCase& c : cpu_cases()) {
    if (c.point.width > 20) continue;
    const Problem problem = random_problem(c.config, 0);
    const PreparedCell cell(c.config, c.point, 0, problem);
    constexpr std::uint64_t kDraws = 3000;
    const ChunkResult whole = engine.run_chunk(cell, {0, kDraws}, tolerances, 10);
    for (const std::uint64_t size : {1000, 777, 64, 17}) {
      std::vector<LossSums> accepted(tolerances.size());
      LossSums prior;
      for (std::uint64_t begin = 0; begin < kDraws; begin += size) {
        const ChunkResult part =
            engine.run_chunk(cell, {begin, std::min(begin + size, kDraws)}, tolerances, 10);
        for (std::size_t t = 0; t < accepted.size(); ++t) accepted[t].add(part.accepted[t]);
        prior.add(part.prior);
      }
      ASSERT_EQ(accepted, whole.accepted) << c.name << " chunks of " << size;
      ASSERT_EQ(prior, whole.prior) << c.name << " chunks of " << size;
    }
  }
}

TEST(CpuEngine, StoresTheFirstAcceptedDrawsOfEveryTolerance) {
  Config config;
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, problem);
  const std::vector<double> tolerances = {0.4, 0.1};
  CpuEngine engine;
  const ChunkResult all = engine.run_chunk(cell, {0, 20'000}, tolerances, 1'000'000);
  ASSERT_GT(all.accepted[1].count, 20u);
  const auto expect_first = [&](std::uint64_t of_large, std::uint64_t of_small, const StoreLimits& limits) {
    const ChunkResult few = engine.run_chunk(cell, {0, 20'000}, tolerances, limits);
    EXPECT_EQ(few.accepted, all.accepted);
    std::vector<AcceptedDraw> expected;
    std::uint64_t large = 0, small = 0;
    for (const AcceptedDraw& draw : all.stored) {
      const bool tight = static_cast<double>(draw.train_loss) < 0.1;
      if (large < of_large || (tight && small < of_small)) expected.push_back(draw);
      ++large;
      small += tight ? 1 : 0;
    }
    EXPECT_EQ(few.stored, expected) << of_large << ", " << of_small;
  };
  expect_first(5, 5, 5);
  expect_first(3, 8, StoreLimits({3, 8}));
  expect_first(30, 2, StoreLimits({30, 2}));
  expect_first(0, 8, StoreLimits({0, 8}));
  EXPECT_TRUE(engine.run_chunk(cell, {0, 20'000}, tolerances, 0).stored.empty());
}

TEST(CpuEngine, PriorShareIsEverySixteenthBlockOf64) {
  Config config;
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, problem);
  CpuEngine engine;
  const std::vector<double> tolerances = {kEverything};
  const ChunkResult chunk = engine.run_chunk(cell, {0, 5000}, tolerances, 5000);
  LossSums expected;
  for (const AcceptedDraw& draw : chunk.stored) {
    if (draw.index % 1024 < 64) expected.add(draw.gen_loss);
  }
  EXPECT_EQ(chunk.prior, expected);
  EXPECT_EQ(chunk.prior.count, 5u * 64u);
}

TEST(CpuEngine, DeepProductsStayInRange) {
  Config config;
  const Problem problem = random_problem(config, 0);
  config.gnc_normalize = true;
  for (const auto& [activation, draw_law] :
       {std::pair{Activation::Linear, DrawLaw::Factors}, std::pair{Activation::LeakyRelu, DrawLaw::Factors},
        std::pair{Activation::Linear, DrawLaw::Product},
        std::pair{Activation::LeakyRelu, DrawLaw::Product}}) {
    config.activation = activation;
    config.draw = draw_law;
    const Point point{50, 60, 0, 0};
    const PreparedCell cell(config, point, 0, problem);
    ScratchMemory memory;
    const ReplayedDraw draw = replay_draw(cell.view(), 9, memory);
    const JudgedDraw judged = judge(config, point, problem, complete_network(cell.view(), draw));
    EXPECT_NEAR(draw.gen_loss, judged.gen_loss, 1e-4 * judged.gen_loss);
  }
}

/// Slopes of a million enlarge Y a millionfold in each layer.
Config growing_network() {
  Config config;
  config.activation = Activation::LeakyRelu;
  config.negative_slope = 1e6;
  config.gnc_normalize = true;
  return config;
}

// Entries whose squares are beyond float's range, above or below, have a norm all the same.
TEST(CpuEngine, ANormWhoseSquareLeavesTheRangeIsRight) {
  Config shrinking;
  shrinking.gnc_init = Prior::Unif;
  shrinking.gnc_normalize = true;
  shrinking.gnc_softening = 0.0;
  for (const auto& [config, point, size] : {std::tuple{growing_network(), Point{5, 5, 0, 0}, 1e19},
                                            std::tuple{shrinking, Point{5, 100, 0, 0}, 1e-19}}) {
    const Problem problem = random_problem(config, 0);
    Config plain = config;
    plain.gnc_normalize = false;
    const PreparedCell cell(config, point, 0, problem);
    ScratchMemory memory;
    int beyond = 0;
    for (std::uint64_t index = 0; index < 64; ++index) {
      const ReplayedDraw draw = replay_draw(cell.view(), index, memory);
      const std::vector<float> weights = complete_network(cell.view(), draw);
      const double norm = judge(plain, point, problem, weights).Y.norm();
      if (norm < 1e-35 || norm > 1e35) continue;
      if ((size > 1.0) == (norm > size)) ++beyond;
      const JudgedDraw judged = judge(config, point, problem, weights);
      EXPECT_NEAR(draw.train_loss, judged.train_loss, 1e-4 * judged.train_loss) << index;
      EXPECT_NEAR(draw.gen_loss, judged.gen_loss, 1e-4 * judged.gen_loss) << index;
    }
    EXPECT_GT(beyond, 16);
  }
}

// Entries beyond float's range must not turn Y into zeros, which could be accepted.
TEST(CpuEngine, ANormBeyondRangeIsNoAcceptedDraw) {
  const Config config = growing_network();
  const PreparedCell cell(config, {5, 12, 0.0, 0.0}, 0, random_problem(config, 0));
  CpuEngine engine;
  const std::vector<double> tolerances = {kEverything};
  const ChunkResult chunk = engine.run_chunk(cell, {0, 64}, tolerances, 64);
  EXPECT_EQ(chunk.accepted[0].count, 0u);
  EXPECT_EQ(chunk.prior.count, 64u);
  EXPECT_EQ(chunk.prior.saturated, 64u);
}

}  // namespace
}  // namespace gnc
