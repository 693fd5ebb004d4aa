#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host/problem/random_problem.hpp"
#include "kernels/conditional/conditional_batch.hpp"
#include "kernels/cpu/conditional_kernel.hpp"
#include "tests/batched/host_backend.hpp"
#include "tests/engine/conditional_agreement.hpp"

namespace gnc {
namespace {

class ConditionalDrawsOnTheHost : public testing::Test {
 protected:
  ConditionalDrawsOnTheHost() {
    HostDevice::current() = {};
    HostDevice::current().memory_bytes = 8'000'000;
  }

  static RunChunk runs(BatchedConditionalDraws<HostBackend>& draws) {
    return [&](const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
               const StoreLimits& max_stored) {
      return draws.run(ConditionalCell{cell.view(), *cell.conditional()}, cell.id(), tolerances, range.begin,
                       range.end, max_stored);
    };
  }
};

TEST_F(ConditionalDrawsOnTheHost, AgreeWithTheCpuEngine) {
  BatchedConditionalDraws<HostBackend> draws;
  for (const ConditionalCase& c : conditional_cases()) {
    const PreparedCell cell(c.config, c.point, 1, random_problem(c.config, 1));
    expect_conditional_as_on_the_cpu(c, cell, 500, runs(draws));
  }
}

// The second cell would have smaller batches of its own.
TEST_F(ConditionalDrawsOnTheHost, BatchesServeOneCellOfTheSameSizesAfterAnother) {
  Config config;
  config.estimator = Estimator::Conditional;
  const std::vector<double> tolerances = {0.1, 0.01};
  BatchedConditionalDraws<HostBackend> draws;
  std::uint32_t of_first = 0;
  for (const auto& [width, seed] : {std::pair{5, 0}, {5, 1}, {40, 1}, {5, 0}}) {
    const PreparedCell cell(config, {width, 2, 0, 0}, seed, random_problem(config, seed));
    const ChunkResult moved = runs(draws)(cell, {100, 900}, tolerances, 10);
    if (of_first == 0) of_first = draws.batch_draws();
    if (seed == 1 && width == 5) {
      EXPECT_EQ(draws.batch_draws(), of_first);
    }
    HostDevice::current().memory_bytes = 4'000'000;
    BatchedConditionalDraws<HostBackend> own;
    const ChunkResult expected = runs(own)(cell, {100, 900}, tolerances, 10);
    EXPECT_LT(own.batch_draws(), of_first);
    EXPECT_EQ(moved.weighted, expected.weighted);
    EXPECT_EQ(moved.prior, expected.prior);
    EXPECT_GT(moved.weighted[0].nonzero, 100u);
  }
}

// t depends on the hidden layers alone, whatever basis S is turned to.
TEST_F(ConditionalDrawsOnTheHost, TiltEveryDrawAsTheCpuEngine) {
  using Draws = plain::ConditionalDraws<plain::InterleavedLanes, plain::InterleavedDoubles>;
  ScratchMemory scratch;
  for (const ConditionalCase& c : conditional_cases()) {
    const PreparedCell prepared(c.config, c.point, 1, random_problem(c.config, 1));
    const CellView& cell = prepared.view();
    const ConditionalView& view = *prepared.conditional();
    std::vector<double> memory(Draws::floats(cell, view) / 2);
    for (int lane = 0; lane < plain::kInterleaved; lane += 5) {
      Draws draws(cell, view, reinterpret_cast<float*>(memory.data()), lane);
      const std::uint64_t index = 77 + static_cast<std::uint64_t>(lane);
      with_activation(cell.activation, [&]<Activation kActivation>() { draws.draw<kActivation>(index); });
      draws.take(0);
      for (const double tolerance : c.config.gnc_eps_train) {
        const double tilt = draws.tilted(view.squared_radius(tolerance)).tilt;
        const ConditionalProbe expected = probe_conditional(cell, view, tolerance, index, scratch);
        EXPECT_NEAR(tilt, expected.tilt, 1e-3 * expected.tilt) << c.name << " " << tolerance;
      }
    }
  }
}

// No weight is a double's smallest, and the squares are far below it.
TEST_F(ConditionalDrawsOnTheHost, AWeightMayBeBelowTheRangeOfDoubles) {
  BatchedConditionalDraws<HostBackend> draws;
  Config config;
  config.estimator = Estimator::Conditional;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  // Q < R² has a probability of about R^15: 1e-300, and 1e-800.
  const std::vector<double> tolerances = {1e-2, 1e-40, 1e-105};
  const ChunkResult chunk =
      expect_weights_as_on_the_cpu(cell, {0, 500}, tolerances, 1e-3, runs(draws), "tiny tolerances");
  EXPECT_LT(chunk.weighted[1].sums[WeightTally::W].value().log(), std::log(10.0) * -270);
  EXPECT_LT(chunk.weighted[2].sums[WeightTally::W].value().log(), std::log(10.0) * -700);
  EXPECT_GT(chunk.weighted[2].nonzero, 0u);
}

TEST_F(ConditionalDrawsOnTheHost, AnySplitIntoChunksAndBatchesGivesTheSameBits) {
  Config config;
  config.estimator = Estimator::Conditional;
  // Weights within the table of sums, and beyond it.
  const std::vector<double> tolerances = {0.05, 1e-3, 1e-130};
  const PreparedCell cell(config, {5, 3, 0, 0}, 0, random_problem(config, 0));
  constexpr std::uint64_t kDraws = 6000;
  constexpr std::size_t kStored = 150;
  BatchedConditionalDraws<HostBackend> draws;
  const ChunkResult whole = runs(draws)(cell, {0, kDraws}, tolerances, kStored);
  ASSERT_GT(whole.weighted[0].nonzero, 2 * kLargestWeights);
  HostDevice::current().memory_bytes = 100'000'000;
  BatchedConditionalDraws<HostBackend> roomy;
  expect_same_weights_in_chunks(cell, kDraws, 1777, tolerances, kStored, runs(roomy), whole);
  EXPECT_GT(roomy.batch_draws(), draws.batch_draws());
}

TEST_F(ConditionalDrawsOnTheHost, ATallyIsThatOfItsDrawsOneByOne) {
  Config config;
  config.estimator = Estimator::Conditional;
  const std::vector<double> tolerances = {0.02};
  const PreparedCell cell(config, {6, 2, 0, 0}, 0, random_problem(config, 0));
  BatchedConditionalDraws<HostBackend> draws;
  const ChunkResult whole = runs(draws)(cell, {0, 700}, tolerances, 1000);
  WeightTallyBuilder expected(1000);
  ASSERT_EQ(whole.weighted[0].nonzero, whole.weighted[0].posterior.size());
  ExactSum weights, squares;
  for (const WeightedDraw& draw : whole.weighted[0].posterior) {
    weights.add(draw.weight);
    squares.add(draw.weight * draw.weight);
    expected.keep(draw.index, draw.weight, draw.gen_loss);
  }
  EXPECT_EQ(whole.weighted[0].sums[WeightTally::W], weights);
  EXPECT_EQ(whole.weighted[0].sums[WeightTally::W2], squares);
  EXPECT_EQ(whole.weighted[0].largest, expected.take().largest);
}

TEST_F(ConditionalDrawsOnTheHost, MemoryThatRunsOutShrinksTheBatchToTheLeastAndNoFurther) {
  Config config;
  config.estimator = Estimator::Conditional;
  const std::vector<double> tolerances = {0.02, 0.01};
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  HostDevice::current().memory_bytes = 100'000'000;
  BatchedConditionalDraws<HostBackend> roomy;
  const ChunkResult expected = runs(roomy)(cell, {0, 1000}, tolerances, 20);
  HostDevice::current().allowed_bytes = HostDevice::current().used_bytes + 5'000'000;
  BatchedConditionalDraws<HostBackend> draws;
  const ChunkResult chunk = runs(draws)(cell, {0, 1000}, tolerances, 20);
  EXPECT_LT(draws.batch_draws(), roomy.batch_draws());
  EXPECT_EQ(chunk.weighted, expected.weighted);
  EXPECT_EQ(chunk.prior, expected.prior);
  HostDevice::current().allowed_bytes = HostDevice::current().used_bytes;
  BatchedConditionalDraws<HostBackend> none;
  EXPECT_THROW(runs(none)(cell, {0, 1000}, tolerances, 20), DeviceError);
}

}  // namespace
}  // namespace gnc
