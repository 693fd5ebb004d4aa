#include "host/experiment/follow_rank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "host/engine/cpu_engine.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/rank_messages.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/experiment/thread_ranks.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kChunk = 20'000;

/// A run that stores every draw: a chunk is a megabyte.
RunPlan large_chunks() {
  RunPlan plan;
  plan.config = small_experiment({{"gd", false}, {"gnc_eps_train", 1e6}, {"max_stored", 1'000'000}});
  plan.engine = "cpu";
  plan.cells = planned_cells(plan.config, plan.engine, {});
  return plan;
}

ChunkTask chunk(std::uint64_t number) { return {0, {kChunk * number, kChunk * (number + 1)}, {1'000'000}}; }

/// Rank 1's side of a network where rank 0 answers every request at once, and takes nothing in before half a
/// second has passed in which nothing was sent.
class SlowRankZero final : public Ranks {
 public:
  explicit SlowRankZero(std::uint64_t chunks) : chunks_(chunks) { answer(BeginMessage{large_chunks()}); }

  int rank() const override { return 1; }
  int size() const override { return 2; }
  int local_rank() const override { return 1; }
  int local_size() const override { return 2; }
  void send(int /*to*/, std::vector<std::uint8_t> bytes) override {
    last_sent_ = Clock::now();
    sent_ += bytes.size();
    if (!takes_) most_on_the_way_ = std::max(most_on_the_way_, on_the_way_ += bytes.size());
    const Message message = decode(bytes);
    if (const auto* request = std::get_if<RequestMessage>(&message)) {
      for (std::uint64_t task = 0; task < request->tasks && handed_out_ < chunks_; ++task) {
        answer(chunk(handed_out_++));
      }
      if (handed_out_ == chunks_) answer(NoMoreMessage{});
    } else if (const auto* work = std::get_if<FinishedWork>(&message)) {
      drawn_ += work->range.size();
    } else if (std::holds_alternative<DoneMessage>(message)) {
      answer(EndMessage{0});
    }
  }
  std::size_t on_the_way() const override { return on_the_way_; }
  std::optional<RankMessage> receive() override {
    if (Clock::now() - last_sent_ > std::chrono::milliseconds(500)) {
      takes_ = true;
      on_the_way_ = 0;
    }
    if (answers_.empty()) return std::nullopt;
    RankMessage message{0, std::move(answers_.front())};
    answers_.pop_front();
    return message;
  }
  [[noreturn]] void abort(int code) override { throw ThreadRanks::Aborted(code); }

  std::size_t most_on_the_way() const { return most_on_the_way_; }
  std::size_t sent() const { return sent_; }
  std::uint64_t drawn() const { return drawn_; }

 private:
  void answer(const Message& message) { answers_.push_back(encode(message)); }

  std::uint64_t chunks_;
  std::uint64_t handed_out_ = 0;
  std::deque<std::vector<std::uint8_t>> answers_;
  Clock::time_point last_sent_ = Clock::now();
  bool takes_ = false;
  std::size_t on_the_way_ = 0;
  std::size_t most_on_the_way_ = 0;
  std::size_t sent_ = 0;
  std::uint64_t drawn_ = 0;
};

TEST(FollowRank, ResultsThatRankZeroDoesNotTakeAreBounded) {
  const Interrupt interrupt;
  SlowRankZero ranks(80);
  WorkerOptions options;
  options.threads = 2;
  options.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  EXPECT_EQ(follow_rank_0(ranks, [&](const RunPlan&) { return options; }), 0);
  EXPECT_EQ(ranks.drawn(), 80 * kChunk);
  EXPECT_GT(ranks.sent(), std::size_t{76} << 20);
  EXPECT_LT(ranks.most_on_the_way(), std::size_t{68} << 20);
}

/// The CPU's engine, whose chunks take until they are let go.
class HeldEngine final : public Engine {
 public:
  HeldEngine(std::atomic<bool>& drawing, const std::atomic<bool>& let_go)
      : drawing_(drawing), let_go_(let_go) {}
  std::string name() const override { return engine_.name(); }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override {
    drawing_ = true;
    while (!let_go_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return engine_.run_chunk(cell, range, tolerances, max_stored);
  }

 private:
  CpuEngine engine_;
  std::atomic<bool>& drawing_;
  const std::atomic<bool>& let_go_;
};

/// The next message to rank 0, within some seconds.
std::optional<Message> next_message(Ranks& zero) {
  for (const auto give_up = Clock::now() + std::chrono::seconds(20); Clock::now() < give_up;) {
    if (const auto received = zero.receive()) return decode(received->bytes);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return std::nullopt;
}

TEST(FollowRank, ASignalIsToldBeforeWhatIsInFlightHasFinished) {
  const Interrupt interrupt;
  RankNetwork network;
  ThreadRanks zero(network, 0, 2);
  ThreadRanks one(network, 1, 2);
  std::atomic<bool> drawing{false};
  std::atomic<bool> let_go{false};
  WorkerOptions options;
  options.make_engine = [&](int) { return std::make_unique<HeldEngine>(drawing, let_go); };
  std::future<int> follower = std::async(
      std::launch::async, [&] { return follow_rank_0(one, [&](const RunPlan&) { return options; }); });
  zero.send(1, encode(BeginMessage{large_chunks()}));
  zero.send(1, encode(chunk(0)));
  while (!drawing) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::raise(SIGTERM);
  std::vector<std::optional<Message>> told;
  told.push_back(next_message(zero));
  while (told.back() && std::holds_alternative<RequestMessage>(*told.back())) told = {next_message(zero)};
  let_go = true;
  for (int more = 0; more < 2; ++more) told.push_back(next_message(zero));
  zero.send(1, encode(EndMessage{3}));
  EXPECT_EQ(follower.get(), 3);
  for (const std::optional<Message>& message : told) ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(std::holds_alternative<StopMessage>(*told[0]));
  EXPECT_TRUE(std::holds_alternative<FinishedWork>(*told[1]));
  EXPECT_TRUE(std::holds_alternative<DoneMessage>(*told[2]));
}

// As while rank 0 is at gradient descent.
TEST(FollowRank, ASignalIsToldBeforeTheRunBegins) {
  const Interrupt interrupt;
  RankNetwork network;
  ThreadRanks zero(network, 0, 2);
  ThreadRanks one(network, 1, 2);
  std::future<int> follower = std::async(std::launch::async, [&] {
    return follow_rank_0(one, [&](const RunPlan&) { return WorkerOptions{}; });
  });
  std::raise(SIGTERM);
  const std::optional<Message> told = next_message(zero);
  zero.send(1, encode(EndMessage{3}));
  EXPECT_EQ(follower.get(), 3);
  const std::optional<Message> answer = next_message(zero);
  ASSERT_TRUE(told && answer);
  EXPECT_TRUE(std::holds_alternative<StopMessage>(*told));
  EXPECT_TRUE(std::holds_alternative<GoneMessage>(*answer));
}

}  // namespace
}  // namespace gnc
