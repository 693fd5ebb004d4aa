#include "host/experiment/rank_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "host/engine/cpu_engine.hpp"
#include "host/errors.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/rank_messages.hpp"
#include "host/experiment/run_experiment.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/experiment/thread_ranks.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

class RankServerTest : public testing::Test {
 protected:
  RankServerTest() {
    plan_.config = small_experiment();
    plan_.engine = "cpu";
    plan_.cells = planned_cells(plan_.config, plan_.engine, {});
  }

  RunPlan plan_;
  RankNetwork network_;
  ThreadRanks zero_{network_, 0, 3};
  ThreadRanks one_{network_, 1, 3};
};

TEST_F(RankServerTest, ServesAFewMessagesAtATime) {
  ChunkQueue queue(plan_, std::vector<ChunkQueue::CellState>(plan_.cells.size()));
  RankServer server(zero_, plan_, queue);
  for (int message = 0; message < 100; ++message) one_.send(0, encode(RequestMessage{0}));
  int served = 0;
  for (; server.serve([](const FinishedWork&) {}); ++served) ASSERT_LT(served, 1000);
  EXPECT_GE(served, 10);
  EXPECT_EQ(one_.on_the_way(), 0u);
}

TEST_F(RankServerTest, ARankThatWasInterruptedIsStillAtIt) {
  ChunkQueue queue(plan_, std::vector<ChunkQueue::CellState>(plan_.cells.size()));
  RankServer server(zero_, plan_, queue);
  one_.send(0, encode(StopMessage{}));
  EXPECT_TRUE(server.serve([](const FinishedWork&) {}));
  EXPECT_TRUE(server.interrupted());
  EXPECT_EQ(server.active(), 2);
}

/// Counts how often it looks for messages.
class CountingRanks final : public ThreadRanks {
 public:
  using ThreadRanks::ThreadRanks;
  std::optional<RankMessage> receive() override {
    ++looks_;
    return ThreadRanks::receive();
  }

  int looks() const { return looks_; }

 private:
  std::atomic<int> looks_{0};
};

/// A run of two ranks, of which this is rank 0.
class RunAmongRanks : public testing::Test {
 protected:
  RunAmongRanks() { options_.ranks = &zero_; }
  /// Rank 1 has done what it had.
  void end_other() { ThreadRanks(network_, 1, 2).send(0, encode(DoneMessage{false})); }

  const ScratchFolder scratch_;
  const Interrupt interrupt_;
  Ledger ledger_ =
      Ledger::create(scratch_.path(), small_experiment({{"gd", false}}), "cpu", "fma", std::nullopt);
  RankNetwork network_;
  CountingRanks zero_{network_, 0, 2};
  RunOptions options_;
};

TEST_F(RunAmongRanks, RankZeroWaitsForOthersWithoutTurningRound) {
  options_.workers.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  // Another rank that takes nothing, and a second to say so.
  const std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    end_other();
  });
  EXPECT_EQ(run_experiment(ledger_, options_), RunOutcome::Finished);
  EXPECT_LT(zero_.looks(), 2000);
}

TEST_F(RunAmongRanks, AFailureOfRankZeroDoesNotWaitForOthers) {
  options_.workers.make_engine = [](int) -> std::unique_ptr<Engine> { throw RunError("no device"); };
  std::future<RunOutcome> run =
      std::async(std::launch::async, [&] { return run_experiment(ledger_, options_); });
  EXPECT_EQ(run.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  end_other();
  EXPECT_THROW(run.get(), RunError);
}

}  // namespace
}  // namespace gnc
