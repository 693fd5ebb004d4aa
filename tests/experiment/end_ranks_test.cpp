#include "host/experiment/end_ranks.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>

#include "host/engine/cpu_engine.hpp"
#include "host/experiment/follow_rank.hpp"
#include "host/experiment/rank_messages.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/experiment/thread_ranks.hpp"

namespace gnc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(EndRanks, TakesWhatIsOnItsWayUntilAllHaveAnswered) {
  RunPlan plan;
  plan.config = small_experiment({{"gd", false}});
  plan.engine = "cpu";
  plan.cells = planned_cells(plan.config, plan.engine, {});
  RankNetwork network;
  ThreadRanks zero(network, 0, 3);
  ThreadRanks one(network, 1, 3);
  ThreadRanks two(network, 2, 3);
  WorkerOptions options;
  options.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  std::future<int> drawing = std::async(
      std::launch::async, [&] { return follow_rank_0(one, [&](const RunPlan&) { return options; }); });
  std::future<int> idle = std::async(
      std::launch::async, [&] { return follow_rank_0(two, [&](const RunPlan&) { return options; }); });
  zero.send(1, encode(BeginMessage{plan}));
  for (std::uint64_t begin = 0; begin < 5000; begin += 1000) {
    zero.send(1, encode(ChunkTask{0, {begin, begin + 1000}, {0, 0}}));
  }
  end_ranks(zero, 7, seconds(60));
  ASSERT_EQ(drawing.wait_for(seconds(60)), std::future_status::ready);
  ASSERT_EQ(idle.wait_for(seconds(60)), std::future_status::ready);
  EXPECT_EQ(drawing.get(), 7);
  EXPECT_EQ(idle.get(), 7);
  EXPECT_TRUE(network.empty());
}

TEST(EndRanks, ARankThatNeverAnswersIsAborted) {
  RankNetwork network;
  ThreadRanks zero(network, 0, 2);
  ThreadRanks one(network, 1, 2);
  one.send(0, encode(DoneMessage{false}));
  try {
    end_ranks(zero, 5, milliseconds(50));
    FAIL();
  } catch (const ThreadRanks::Aborted& aborted) {
    EXPECT_EQ(aborted.code, 5);
  }
}

TEST(EndRanks, AProcessAloneHasNobodyToWaitFor) {
  SingleRank alone;
  const auto start = std::chrono::steady_clock::now();
  end_ranks(alone, 1, std::chrono::minutes(10));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(1));
}

}  // namespace
}  // namespace gnc
