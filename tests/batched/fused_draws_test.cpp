#include "kernels/fused/fused_draws.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <type_traits>
#include <vector>

#include "host/config/presets.hpp"
#include "host/problem/random_problem.hpp"
#include "tests/batched/host_backend.hpp"
#include "tests/engine/engine_agreement.hpp"
#include "tests/engine/engine_cases.hpp"

namespace gnc {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kEvery = 7;  // of the cases, where each takes long
#else
constexpr std::size_t kEvery = 1;
#endif

class FusedDrawsOnTheHost : public testing::Test {
 protected:
  FusedDrawsOnTheHost() {
    HostDevice::current() = {};
    HostDevice::current().memory_bytes = 60'000;
  }

  static RunChunk runs(FusedDraws<HostBackend>& draws) {
    return [&](const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
               const StoreLimits& max_stored) {
      return draws.run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
    };
  }
};

TEST_F(FusedDrawsOnTheHost, AgreesWithTheCpuEngine) {
  FusedDraws<HostBackend> draws;
  int taken = 0;
  std::size_t number = 0;
  for (const EngineCase& c : cpu_cases()) {
    if (number++ % kEvery != 0) continue;
    // The published shapes beside those of the list.
    for (const Point point :
         {c.point, Point{10, c.point.depth, 0, 0}, Point{12, c.point.depth, 0, 0}, Point{20, 2, 0, 0}}) {
      const PreparedCell cell(c.config, point, 1, random_problem(c.config, 1));
      if (!fused_takes(cell.view())) continue;
      ++taken;
      expect_agreement_with_cpu(cell, {1000, 1200}, runs(draws),
                                c.name + ", taken as width " + std::to_string(point.width));
    }
  }
  EXPECT_GT(taken, 500 / static_cast<int>(kEvery));
}

TEST_F(FusedDrawsOnTheHost, AnySplitIntoChunksAndBatchesGivesTheSameBits) {
  Config config;
  const std::vector<double> tolerances = {0.5, 0.05};
  const PreparedCell cell(config, {5, 4, 0, 0}, 0, random_problem(config, 0));
  FusedDraws<HostBackend> draws;
  const ChunkResult whole = runs(draws)(cell, {0, 9000}, tolerances, 1'000'000);
  HostDevice::current().memory_bytes = 10'000'000;
  FusedDraws<HostBackend> roomy;
  std::vector<LossSums> accepted(tolerances.size());
  std::vector<AcceptedDraw> stored;
  LossSums prior;
  for (std::uint64_t begin = 0; begin < 9000; begin += 1777) {
    const ChunkResult part =
        runs(roomy)(cell, {begin, std::min<std::uint64_t>(begin + 1777, 9000)}, tolerances, 1'000'000);
    for (std::size_t t = 0; t < accepted.size(); ++t) accepted[t].add(part.accepted[t]);
    stored.insert(stored.end(), part.stored.begin(), part.stored.end());
    prior.add(part.prior);
  }
  EXPECT_GT(roomy.batch_draws(), draws.batch_draws());
  EXPECT_EQ(accepted, whole.accepted);
  EXPECT_EQ(stored, whole.stored);
  EXPECT_EQ(prior, whole.prior);
}

TEST_F(FusedDrawsOnTheHost, ShapesThatItTakes) {
  Config config;
  const auto takes = [&](std::int64_t width, std::int64_t depth) {
    return fused_takes(PreparedCell(config, {width, depth, 0, 0}, 0, random_problem(config, 0)).view());
  };
  for (const std::int64_t width : {5, 10, 20, 40, 80, 160, 4096}) EXPECT_TRUE(takes(width, 2)) << width;
  for (const std::int64_t depth : {3, 7, 10, 32}) EXPECT_TRUE(takes(5, depth)) << depth;
  // Local memory takes what the registers do not.
  for (const std::int64_t width : {1, 7, 4095}) EXPECT_TRUE(takes(width, 2)) << width;
  EXPECT_TRUE(takes(64, 32));
  config.draw = DrawLaw::Product;
  EXPECT_TRUE(takes(100'000, 3));
  config.draw = DrawLaw::Factors;
  EXPECT_TRUE(takes(5, 1));
  EXPECT_FALSE(takes(65, 3));
  EXPECT_FALSE(takes(63, 33));
  EXPECT_FALSE(takes(4097, 2));
  config.n_rows = config.n_cols = 16;
  EXPECT_TRUE(takes(20, 2));
  config.n_cols = 17;
  EXPECT_FALSE(takes(20, 2));
}

TEST_F(FusedDrawsOnTheHost, DrawLawProductOfThePublishedShapesIsNotLeftToLocalMemory) {
  Config config;
  config.draw = DrawLaw::Product;
  for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
    config.activation = activation;
    for (const Point point : {Point{10, 2, 0, 0}, Point{160, 2, 0, 0}, Point{4096, 2, 0, 0},
                              Point{10, 10, 0, 0}, Point{64, 10, 0, 0}}) {
      const PreparedCell cell(config, point, 0, random_problem(config, 0));
      ASSERT_NE(draw_form(cell.view()), DrawForm::Factors);
      bool local = true;
      with_fused_shape(cell.view(),
                       [&]<class Shape>() { local = std::is_same_v<Shape, LocalShape<DrawLaw::Product>>; });
      EXPECT_FALSE(local) << "width " << point.width << ", depth " << point.depth;
    }
  }
}

TEST_F(FusedDrawsOnTheHost, TakesEveryPublishedExperiment) {
  for (const std::string& name : preset_names()) {
    Config config = preset_or_file(name).config;
    const Problem problem = random_problem(config, 0);
    for (const Point& point : config.points) {
      EXPECT_TRUE(fused_takes(PreparedCell(config, point, 0, problem).view())) << name;
    }
  }
}

TEST_F(FusedDrawsOnTheHost, AgreesWithTheCpuEngineAtTheEdgesOfWhatItTakes) {
  FusedDraws<HostBackend> draws;
  for (const EngineCase& c : edges_of_cuda_fused()) {
#ifdef __SANITIZE_ADDRESS__
    if (c.point.width == 4095) continue;  // takes long
#endif
    const PreparedCell cell(c.config, c.point, 0, random_problem(c.config, 0));
    ASSERT_TRUE(fused_takes(cell.view())) << c.name;
    expect_agreement_with_cpu(cell, {1000, 1040}, runs(draws), c.name);
  }
}

TEST_F(FusedDrawsOnTheHost, MemoryThatRunsOutShrinksTheBatchToTheLeastAndNoFurther) {
  Config config;
  const std::vector<double> tolerances = {0.5};
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  HostDevice::current().memory_bytes = 10'000'000;
  FusedDraws<HostBackend> roomy;
  const ChunkResult expected = runs(roomy)(cell, {0, 9000}, tolerances, 20);
  HostDevice::current().allowed_bytes = HostDevice::current().used_bytes + 1'400'000;
  FusedDraws<HostBackend> draws;
  const ChunkResult chunk = runs(draws)(cell, {0, 9000}, tolerances, 20);
  EXPECT_LT(draws.batch_draws(), roomy.batch_draws());
  EXPECT_GE(draws.batch_draws(), 1024u);
  EXPECT_EQ(chunk.accepted, expected.accepted);
  EXPECT_EQ(chunk.stored, expected.stored);
  EXPECT_EQ(chunk.prior, expected.prior);
  // The next cell gets larger batches where there is room again.
  const std::uint32_t shrunken = draws.batch_draws();
  HostDevice::current().allowed_bytes = std::numeric_limits<std::size_t>::max();
  const PreparedCell next(config, {5, 2, 0, 0}, 1, random_problem(config, 1));
  EXPECT_EQ(runs(draws)(next, {0, 9000}, tolerances, 20).accepted,
            runs(roomy)(next, {0, 9000}, tolerances, 20).accepted);
  EXPECT_GT(draws.batch_draws(), shrunken);
  HostDevice::current().allowed_bytes = HostDevice::current().used_bytes;
  FusedDraws<HostBackend> none;
  EXPECT_THROW(runs(none)(cell, {0, 9000}, tolerances, 20), DeviceError);
}

TEST_F(FusedDrawsOnTheHost, ACellWithoutAShapeIsRefused) {
  Config config;
  const PreparedCell cell(config, {65, 3, 0, 0}, 0, random_problem(config, 0));
  FusedDraws<HostBackend> draws;
  const std::vector<double> tolerances = {0.5};
  EXPECT_THROW(runs(draws)(cell, {0, 10}, tolerances, 0), std::invalid_argument);
}

}  // namespace
}  // namespace gnc
