#include "kernels/gemm/gemm_draws.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "host/problem/random_problem.hpp"
#include "tests/batched/host_backend.hpp"
#include "tests/engine/engine_agreement.hpp"
#include "tests/engine/engine_cases.hpp"

namespace gnc {
namespace {

// The engine's own code on a backend of plain loops: everything but the launches, cuBLAS and CUB.
class GemmDrawsOnTheHost : public testing::Test {
 protected:
  GemmDrawsOnTheHost() { HostDevice::current() = {}; }
  ~GemmDrawsOnTheHost() override { EXPECT_EQ(HostDevice::current().used_bytes, 0u); }

  static ChunkResult run(GemmDraws<HostBackend>& draws, const PreparedCell& cell, DrawRange range,
                         std::span<const double> tolerances, const StoreLimits& max_stored) {
    return draws.run(cell.view(), cell.id(), tolerances, range.begin, range.end, max_stored);
  }

  /// Memory with which batches of the cell hold `draws` draws.
  static std::size_t memory_for(const PreparedCell& cell, std::size_t draws) {
    return BatchShape(cell.view()).bytes_per_draw() * draws * 3 / 4 * 5 + 4096;
  }
};

TEST_F(GemmDrawsOnTheHost, AgreesWithTheCpuEngine) {
  for (const EngineCase& c : engine_cases()) {
    const PreparedCell cell(c.config, c.point, 1, random_problem(c.config, 1));
    HostDevice::current().memory_bytes = memory_for(cell, 32);
    GemmDraws<HostBackend> draws;
    expect_agreement_with_cpu(
        cell, {1000, 1177},
        [&](const PreparedCell& same, DrawRange range, std::span<const double> tolerances,
            const StoreLimits& stored) { return run(draws, same, range, tolerances, stored); },
        c.name);
    EXPECT_LE(draws.batch_draws(), 64u) << c.name;
  }
}

TEST_F(GemmDrawsOnTheHost, OneObjectServesOneCellAfterAnother) {
  GemmDraws<HostBackend> draws;
  HostDevice::current().memory_bytes = 3'000'000;
  Config config;
  const std::vector<double> tolerances = {0.5};
  for (const Point point : {Point{5, 2, 0, 0}, Point{40, 3, 0, 0}, Point{5, 2, 0, 0}, Point{160, 2, 0, 0}}) {
    const PreparedCell cell(config, point, 0, random_problem(config, 0));
    GemmDraws<HostBackend> fresh;
    const ChunkResult one = run(draws, cell, {0, 3000}, tolerances, 10);
    const ChunkResult other = run(fresh, cell, {0, 3000}, tolerances, 10);
    EXPECT_EQ(one.accepted, other.accepted);
    EXPECT_EQ(one.stored, other.stored);
    EXPECT_GT(one.accepted[0].count, 0u);
  }
}

TEST_F(GemmDrawsOnTheHost, AnySplitIntoChunksAndBatchesGivesTheSameBits) {
  Config config;
  config.activation = Activation::Tanh;
  const std::vector<double> tolerances = {0.5, 0.2, 0.05};
  const PreparedCell cell(config, {13, 3, 0, 0}, 0, random_problem(config, 0));
  GemmDraws<HostBackend> roomy;
  const ChunkResult whole = run(roomy, cell, {0, 5000}, tolerances, 1'000'000);
  for (const std::uint64_t size : {5000, 1777, 64}) {
    HostDevice::current().memory_bytes = memory_for(cell, 100);
    GemmDraws<HostBackend> draws;
    std::vector<LossSums> accepted(tolerances.size());
    std::vector<AcceptedDraw> stored;
    LossSums prior;
    for (std::uint64_t begin = 0; begin < 5000; begin += size) {
      const ChunkResult part =
          run(draws, cell, {begin, std::min<std::uint64_t>(begin + size, 5000)}, tolerances, 1'000'000);
      for (std::size_t t = 0; t < accepted.size(); ++t) accepted[t].add(part.accepted[t]);
      stored.insert(stored.end(), part.stored.begin(), part.stored.end());
      prior.add(part.prior);
    }
    EXPECT_EQ(accepted, whole.accepted);
    EXPECT_EQ(stored, whole.stored);
    EXPECT_EQ(prior, whole.prior);
  }
}

TEST_F(GemmDrawsOnTheHost, StoresTheFirstAcceptedDrawsOfEveryTolerance) {
  Config config;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.4, 0.1};
  HostDevice::current().memory_bytes = memory_for(cell, 1000);
  GemmDraws<HostBackend> draws;
  CpuEngine cpu;
  const auto indices = [](const ChunkResult& chunk) {
    std::vector<std::uint64_t> all;
    for (const AcceptedDraw& draw : chunk.stored) all.push_back(draw.index);
    return all;
  };
  const ChunkResult few = run(draws, cell, {0, 20'000}, tolerances, 5);
  EXPECT_EQ(indices(few), indices(cpu.run_chunk(cell, {0, 20'000}, tolerances, 5)));
  const StoreLimits limits({3, 8});
  EXPECT_EQ(indices(run(draws, cell, {0, 20'000}, tolerances, limits)),
            indices(cpu.run_chunk(cell, {0, 20'000}, tolerances, limits)));
  const StoreLimits small_alone({0, 8});
  EXPECT_EQ(indices(run(draws, cell, {0, 20'000}, tolerances, small_alone)),
            indices(cpu.run_chunk(cell, {0, 20'000}, tolerances, small_alone)));
  EXPECT_EQ(few.accepted, run(draws, cell, {0, 20'000}, tolerances, 1'000'000).accepted);
  EXPECT_TRUE(run(draws, cell, {0, 20'000}, tolerances, 0).stored.empty());
}

// More kept draws than the buffer they are gathered in holds at once.
TEST_F(GemmDrawsOnTheHost, KeepsWholeBatches) {
  Config config;
  config.n_rows = config.n_cols = 2;
  config.num_measurements = 2;
  const PreparedCell cell(config, {3, 2, 0, 0}, 0, random_problem(config, 0));
  GemmDraws<HostBackend> draws;
  const std::vector<double> tolerances = {kEverything};
  const ChunkResult chunk = run(draws, cell, {0, 3000}, tolerances, 1'000'000);
  ASSERT_EQ(chunk.stored.size(), 3000u);
  expect_exact_sums(chunk, {0, 3000}, tolerances, "everything");
}

TEST_F(GemmDrawsOnTheHost, NeitherZeroNormsNorNormsBeyondRangeAreAccepted) {
  Config config;
  config.activation = Activation::LeakyRelu;
  config.negative_slope = 1e6;
  config.gnc_normalize = true;
  const PreparedCell cell(config, {5, 12, 0.0, 0.0}, 0, random_problem(config, 0));
  GemmDraws<HostBackend> draws;
  const std::vector<double> tolerances = {kEverything};
  const ChunkResult chunk = run(draws, cell, {0, 64}, tolerances, 64);
  EXPECT_EQ(chunk.accepted[0].count, 0u);
  EXPECT_EQ(chunk.prior.saturated, 64u);
}

TEST_F(GemmDrawsOnTheHost, MemoryThatRunsOutShrinksTheBatchAndNothingElse) {
  Config config;
  const std::vector<double> tolerances = {0.5};
  const PreparedCell cell(config, {20, 2, 0, 0}, 0, random_problem(config, 0));
  GemmDraws<HostBackend> roomy;
  const ChunkResult expected = run(roomy, cell, {0, 4000}, tolerances, 20);
  // The device promises more than it gives.
  HostDevice::current().allowed_bytes = HostDevice::current().used_bytes + memory_for(cell, 300);
  GemmDraws<HostBackend> draws;
  const ChunkResult chunk = run(draws, cell, {0, 4000}, tolerances, 20);
  EXPECT_LE(draws.batch_draws(), 512u);
  EXPECT_GE(draws.batch_draws(), 128u);
  EXPECT_EQ(chunk.accepted, expected.accepted);
  EXPECT_EQ(chunk.stored, expected.stored);
  EXPECT_EQ(chunk.prior, expected.prior);
}

TEST_F(GemmDrawsOnTheHost, ADrawThatDoesNotFitIsAnError) {
  Config config;
  const PreparedCell cell(config, {2000, 2, 0, 0}, 0, random_problem(config, 0));
  HostDevice::current().allowed_bytes = 50'000;
  GemmDraws<HostBackend> draws;
  const std::vector<double> tolerances = {0.5};
  try {
    run(draws, cell, {0, 10}, tolerances, 0);
    FAIL() << "no error";
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.kind(), DeviceError::Kind::OutOfMemory);
  }
}

TEST_F(GemmDrawsOnTheHost, ALostDeviceIsAnErrorAtWhateverCall) {
  Config config;
  const PreparedCell cell(config, {5, 3, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.5};
  HostDevice::current().memory_bytes = memory_for(cell, 64);
  {
    GemmDraws<HostBackend> draws;
    run(draws, cell, {0, 500}, tolerances, 100);
  }
  const long calls = HostDevice::current().calls;
  ASSERT_GT(calls, 50);
  for (long until = 0; until < calls; until += 7) {
    HostDevice::current().calls = 0;
    HostDevice::current().calls_until_lost = until;
    GemmDraws<HostBackend> draws;
    try {
      run(draws, cell, {0, 500}, tolerances, 100);
      FAIL() << "no error after " << until << " calls";
    } catch (const DeviceError& error) {
      EXPECT_EQ(error.kind(), DeviceError::Kind::Failed);
    }
  }
}

TEST(BatchSize, DependsOnTheCellAloneWhereMemoryIsPlenty) {
  Config config;
  for (const std::int64_t width : {5, 160, 4096}) {
    for (const std::int64_t depth : {1, 2, 10}) {
      const PreparedCell cell(config, {width, depth, 0, 0}, 0, random_problem(config, 0));
      const std::uint32_t draws = batch_size(cell.view(), std::size_t{80} << 30, 3);
      EXPECT_EQ(draws, batch_size(cell.view(), std::size_t{8} << 30, 3));
      EXPECT_EQ(draws & (draws - 1), 0u);
      const std::size_t bytes = draws * BatchShape(cell.view()).bytes_per_draw();
      EXPECT_TRUE(draws == 1 || bytes <= kBatchBytes) << bytes;
      EXPECT_TRUE(draws == kMostDrawsOfBatch || 2 * bytes > kBatchBytes) << bytes;
    }
  }
}

TEST(BatchSize, FitsIntoWhatIsFree) {
  Config config;
  const PreparedCell cell(config, {160, 2, 0, 0}, 0, random_problem(config, 0));
  const std::size_t each = BatchShape(cell.view()).bytes_per_draw();
  for (const std::size_t free : {std::size_t{50'000'000}, std::size_t{1'000'000}}) {
    EXPECT_LE(3 * each * batch_size(cell.view(), free, 3), free);
  }
  EXPECT_EQ(batch_size(cell.view(), 0, 3), 1u);
}

}  // namespace
}  // namespace gnc
