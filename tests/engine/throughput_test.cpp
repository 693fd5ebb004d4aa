#include "host/engine/throughput.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "host/problem/random_problem.hpp"

namespace gnc {
namespace {

/// A device that draws whole batches: a chunk of fewer draws takes as long as one.
class BatchEngine final : public Engine {
 public:
  explicit BatchEngine(std::uint64_t batch) : batch_(batch) {}

  std::string name() const override { return "cuda-gemm"; }
  ChunkResult run_chunk(const PreparedCell&, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits&) override {
    ranges.push_back(range);
    const std::uint64_t batches = (range.size() + batch_ - 1) / batch_;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(batches);
    std::this_thread::sleep_until(until);
    ChunkResult result;
    result.accepted.resize(tolerances.size());
    return result;
  }
  std::uint64_t batch_draws() const override { return ranges.empty() ? 0 : batch_; }

  std::vector<DrawRange> ranges;

 private:
  std::uint64_t batch_;
};

TEST(Throughput, IsThatOfWholeBatches) {
  Config config;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, random_problem(config, 0));
  const std::vector<double> tolerances = {0.02};
  constexpr std::uint64_t kBatch = 1u << 18;
  BatchEngine engine(kBatch);
  const double rate = draws_per_second(0.05, engine, cell, tolerances);
  // The first call finds the batch.
  ASSERT_GT(engine.ranges.size(), 2u);
  EXPECT_EQ(engine.ranges.front().size(), 1u);
  for (std::size_t i = 1; i < engine.ranges.size(); ++i) {
    EXPECT_GE(engine.ranges[i].size(), kBatch);
    EXPECT_EQ(engine.ranges[i].begin % engine.ranges[i].size(), 0u);
  }
  // A thread sleeps no less than it is told to.
  EXPECT_GT(rate, 0.0);
  EXPECT_LE(rate, 1e3 * static_cast<double>(kBatch));
}

}  // namespace
}  // namespace gnc
