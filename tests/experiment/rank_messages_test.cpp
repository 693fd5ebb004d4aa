#include "host/experiment/rank_messages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/errors.hpp"
#include "tests/experiment/small_experiment.hpp"

namespace gnc {
namespace {

constexpr std::uint64_t kAllOnes = std::numeric_limits<std::uint64_t>::max();

template <class T>
T there_and_back(const T& message) {
  return std::get<T>(decode(encode(message)));
}

TEST(RankMessages, APlanArrivesWhole) {
  RunPlan plan;
  plan.config = small_experiment({{"widths", {4, "inf"}},
                                  {"activation", "Linear"},
                                  {"draw", "product"},
                                  {"gnc_eps_train", {0.1, 1e-300}}});
  plan.problem_json = R"({"n_rows": 3})";
  plan.engine = "cuda-fused";
  plan.arithmetic = "some \"arithmetic\"";
  plan.shard = {3, 7};
  plan.cells = planned_cells(plan.config, plan.engine,
                             {{Estimator::Reject, kAllOnes >> 1, ""},
                              {Estimator::Conditional, 17, "few"},
                              {Estimator::Splitting, 24, "rare"},
                              {Estimator::Reject, 1, ""}});
  EXPECT_TRUE(there_and_back(BeginMessage{plan}).plan == plan);
}

TEST(RankMessages, DrawsKeepEveryBit) {
  ChunkResult result;
  result.drawn = kAllOnes;
  result.accepted = {{3, {kAllOnes, 3}, {std::uint64_t{1} << 63, kAllOnes >> 1}, 2}, {}};
  result.prior = {9, {0, std::uint64_t{1} << 63}, {1, 1}, 4};
  result.stored = {
      {kAllOnes - 1, 0x1.fffffep-120f, 3e38f, {1.1f, -0.0f, std::numeric_limits<float>::denorm_min()}},
      {0, 0.1f, std::numeric_limits<float>::infinity(), {}}};
  WeightTally tally;
  tally.nonzero = 5;
  tally.sums[WeightTally::W].add(ScaledReal::of(0.1, -5000));
  tally.sums[WeightTally::W].add(ScaledReal::of(0.3, 40));
  tally.sums[WeightTally::W2X2].add(ScaledReal::of(1.0 / 3.0));
  tally.largest = {{kAllOnes, ScaledReal::of(0.7, -70'000), 0.0}};
  tally.posterior = {{4, ScaledReal::of(0.2, 3), 0.123456789012345678}};
  result.weighted = {tally, {}};
  const FinishedWork work = there_and_back(FinishedWork{7, {5, kAllOnes}, result, 0.1, 0.0});
  EXPECT_EQ(work.cell, 7u);
  EXPECT_EQ(work.range, (DrawRange{5, kAllOnes}));
  EXPECT_EQ(work.seconds, 0.1);
  const auto& got = std::get<ChunkResult>(work.result);
  EXPECT_EQ(got.drawn, result.drawn);
  EXPECT_TRUE(got.accepted == result.accepted);
  EXPECT_TRUE(got.prior == result.prior);
  EXPECT_TRUE(got.weighted == result.weighted);
  ASSERT_TRUE(got.stored == result.stored);
  EXPECT_TRUE(std::signbit(got.stored[0].Y[1]));
}

TEST(RankMessages, PopulationsKeepEveryBit) {
  PopulationRecord record{
      {{0.1, true, -0.3, kAllOnes, 1.0 / 3.0, {0.1f, 1e-45f, 3e38f}}, {1e-300, false, -700.1}},
      {9, {1, 2}, {3, 4}, 5},
      kAllOnes,
      std::numeric_limits<double>::infinity(),
      4096};
  const FinishedWork work = there_and_back(FinishedWork{1, {3, 4}, record, 2.5, 0.0});
  const auto& got = std::get<PopulationRecord>(work.result);
  ASSERT_EQ(got.curve.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(got.curve[i].eps_train, record.curve[i].eps_train);
    EXPECT_EQ(got.curve[i].reached, record.curve[i].reached);
    EXPECT_EQ(got.curve[i].log_rate, record.curve[i].log_rate);
    EXPECT_EQ(got.curve[i].below, record.curve[i].below);
    EXPECT_EQ(got.curve[i].gen, record.curve[i].gen);
    EXPECT_EQ(got.curve[i].gen_losses, record.curve[i].gen_losses);
  }
  EXPECT_TRUE(got.prior == record.prior);
  EXPECT_EQ(got.passes, kAllOnes);
  EXPECT_EQ(got.level, record.level);
  EXPECT_EQ(got.particles, 4096u);

  const PopulationState state{6, 0.25, {std::byte{0}, std::byte{255}, std::byte{7}}};
  ChunkTask task{3, {10, 12}, {99, 98}, {}};
  task.states.emplace(11, state);
  const ChunkTask sent = there_and_back(task);
  EXPECT_EQ(sent.range, task.range);
  EXPECT_EQ(sent.max_stored, task.max_stored);
  ASSERT_EQ(sent.states.size(), 1u);
  EXPECT_EQ(sent.states.at(11).levels, 6);
  EXPECT_EQ(sent.states.at(11).state, state.state);
  const FinishedWork begun = there_and_back(FinishedWork{3, {11, 12}, state, 0.5, 0.0625});
  EXPECT_EQ(begun.level, 0.0625);
  EXPECT_EQ(std::get<PopulationState>(begun.result).state, state.state);
}

TEST(RankMessages, SmallOnes) {
  EXPECT_EQ(there_and_back(RequestMessage{5}).tasks, 5u);
  there_and_back(NoMoreMessage{});
  there_and_back(StopMessage{});
  EXPECT_TRUE(there_and_back(DoneMessage{true}).interrupted);
  EXPECT_EQ(there_and_back(EndMessage{3}).code, 3);
  there_and_back(GoneMessage{});
  const FailedMessage failed = there_and_back(FailedMessage{"no\nmemory", true});
  EXPECT_EQ(failed.what, "no\nmemory");
  EXPECT_TRUE(failed.usage);
}

TEST(RankMessages, OtherBytesAreRefused) {
  EXPECT_THROW(decode({}), RunError);
  EXPECT_THROW(decode({1, 2, 3}), RunError);
  std::vector<std::uint8_t> bytes = encode(ChunkTask{3, {10, 12}, {99, 98}, {}});
  bytes.pop_back();
  EXPECT_THROW(decode(bytes), RunError);
}

TEST(RankMessages, AnUnknownEstimatorIsRefused) {
  RunPlan plan;
  plan.config = small_experiment({{"widths", {4}}, {"num_seeds", 1}});
  plan.engine = "cpu";
  plan.cells = planned_cells(plan.config, plan.engine, {{Estimator::Conditional, 17, "few"}});
  std::vector<std::uint8_t> bytes = encode(BeginMessage{plan});
  EXPECT_NO_THROW(decode(bytes));
  const std::string known = "conditional";
  const auto found = std::search(bytes.begin(), bytes.end(), known.begin(), known.end());
  ASSERT_NE(found, bytes.end());
  *found = 'k';
  EXPECT_THROW(decode(bytes), RunError);
}

}  // namespace
}  // namespace gnc
