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

/// Rank 0 of two, which counts how often it looks for messages.
class CountingRanks final : public Ranks {
 public:
  explicit CountingRanks(RankNetwork& network) : ranks_(network, 0, 2) {}
  int rank() const override { return 0; }
  int size() const override { return 2; }
  int local_rank() const override { return 0; }
  int local_size() const override { return 2; }
  void send(int to, std::vector<std::uint8_t> bytes) override { ranks_.send(to, std::move(bytes)); }
  std::size_t on_the_way() const override { return ranks_.on_the_way(); }
  std::optional<RankMessage> receive() override {
    ++looks_;
    return ranks_.receive();
  }
  [[noreturn]] void abort(int code) override { ranks_.abort(code); }

  int looks() const { return looks_; }

 private:
  ThreadRanks ranks_;
  std::atomic<int> looks_{0};
};

TEST(RunAmongRanks, RankZeroWaitsForOthersWithoutTurningRound) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger =
      Ledger::create(scratch.path(), small_experiment({{"gd", false}}), "cpu", "fma", std::nullopt);
  RankNetwork network;
  CountingRanks ranks(network);
  RunOptions options;
  options.workers.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  options.ranks = &ranks;
  // Another rank that takes nothing, and a second to say so.
  const std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    ThreadRanks(network, 1, 2).send(0, encode(DoneMessage{false}));
  });
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  EXPECT_LT(ranks.looks(), 2000);
}

TEST(RunAmongRanks, AFailureOfRankZeroDoesNotWaitForOthers) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger =
      Ledger::create(scratch.path(), small_experiment({{"gd", false}}), "cpu", "fma", std::nullopt);
  RankNetwork network;
  ThreadRanks zero(network, 0, 2);
  RunOptions options;
  options.workers.make_engine = [](int) -> std::unique_ptr<Engine> { throw RunError("no device"); };
  options.ranks = &zero;
  std::future<RunOutcome> run =
      std::async(std::launch::async, [&] { return run_experiment(ledger, options); });
  EXPECT_EQ(run.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  ThreadRanks(network, 1, 2).send(0, encode(DoneMessage{false}));
  EXPECT_THROW(run.get(), RunError);
}

}  // namespace
}  // namespace gnc
