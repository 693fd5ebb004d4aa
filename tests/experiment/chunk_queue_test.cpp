#include "host/experiment/chunk_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/experiment/small_experiment.hpp"

namespace gnc {
namespace {

/// A cell and a range of its draws.
using Handed = std::tuple<std::size_t, std::uint64_t, std::uint64_t>;

/// One per tolerance.
using Numbers = std::vector<std::uint64_t>;

Handed handed(const ChunkTask& task) { return {task.cell, task.range.begin, task.range.end}; }

std::vector<Handed> all_of(ChunkQueue& queue, std::uint64_t parts = 1) {
  std::vector<Handed> all;
  while (const auto task = queue.next(parts)) all.push_back(handed(*task));
  return all;
}

class ChunkQueueTest : public testing::Test {
 protected:
  // Four cells of 250 draws, 100 a chunk.
  ChunkQueueTest() {
    plan_.config = small_experiment({{"gnc_num_samples", 250}, {"chunk_size", 100}, {"max_stored", 5}});
    plan_.engine = "cpu";
    plan_.cells = planned_cells(plan_.config, plan_.engine, {});
  }

  /// A queue with these ranges finished, of which no draw was accepted.
  ChunkQueue queue(std::vector<std::vector<DrawRange>> finished) const {
    std::vector<ChunkQueue::CellState> states;
    for (const auto& ranges : finished) {
      ChunkQueue::CellState& state = states.emplace_back();
      for (const DrawRange& range : ranges) state.finished.push_back({range, {0, 0}});
    }
    return {plan_, std::move(states)};
  }

  RunPlan plan_;
};

TEST_F(ChunkQueueTest, HandsOutEveryChunkInOrder) {
  ChunkQueue chunks = queue({{}, {}, {}, {}});
  for (std::size_t cell = 0; cell < 4; ++cell) {
    for (std::uint64_t chunk = 0; chunk < 3; ++chunk) {
      const auto task = chunks.next();
      ASSERT_TRUE(task);
      EXPECT_EQ(task->cell, cell);
      EXPECT_EQ(task->range, (DrawRange{100 * chunk, chunk == 2 ? 250 : 100 * chunk + 100}));
      EXPECT_EQ(task->max_stored, (Numbers{5, 5}));
    }
  }
  EXPECT_FALSE(chunks.next());
  EXPECT_FALSE(chunks.next());
}

TEST_F(ChunkQueueTest, FillsTheGapsOnTheGridOfChunks) {
  ChunkQueue chunks = queue({{{0, 250}}, {{0, 20}, {120, 130}}, {{70, 230}}, {}});
  EXPECT_EQ(all_of(chunks), (std::vector<Handed>{{1, 20, 100},
                                                 {1, 100, 120},
                                                 {1, 130, 200},
                                                 {1, 200, 250},
                                                 {2, 0, 70},
                                                 {2, 230, 250},
                                                 {3, 0, 100},
                                                 {3, 100, 200},
                                                 {3, 200, 250}}));
}

TEST_F(ChunkQueueTest, WorkersBeyondTheCellsShareTheirPopulations) {
  plan_.config.estimator = Estimator::Splitting;
  plan_.config.splitting_populations = 70;
  plan_.cells = planned_cells(plan_.config, "cuda-fused", {});
  const auto handed_to = [&](int workers) {
    ChunkQueue chunks(plan_, std::vector<ChunkQueue::CellState>(4), workers);
    const std::vector<Handed> all = all_of(chunks);
    EXPECT_EQ(all.back(), (Handed{3, std::get<1>(all.back()), 70}));
    return std::vector<Handed>(all.begin(), all.begin() + 3);
  };
  // 64 populations of 4096 particles fill a device.
  EXPECT_EQ(handed_to(7), (std::vector<Handed>{{0, 0, 64}, {0, 64, 70}, {1, 0, 64}}));
  EXPECT_EQ(handed_to(12), (std::vector<Handed>{{0, 0, 22}, {0, 22, 44}, {0, 44, 64}}));
  plan_.cells = planned_cells(plan_.config, "cpu", {});
  EXPECT_EQ(handed_to(1), (std::vector<Handed>{{0, 0, 1}, {0, 1, 2}, {0, 2, 3}}));
}

TEST_F(ChunkQueueTest, HandsOutPartsOfChunks) {
  ChunkQueue chunks = queue({{{0, 250}}, {{0, 150}}, {{0, 250}}, {{0, 250}}});
  EXPECT_EQ(handed(*chunks.next(4)), (Handed{1, 150, 175}));
  EXPECT_EQ(handed(*chunks.next(1000)), (Handed{1, 175, 176}));
  EXPECT_EQ(handed(*chunks.next()), (Handed{1, 176, 200}));
  EXPECT_EQ(handed(*chunks.next()), (Handed{1, 200, 250}));
  EXPECT_FALSE(chunks.next());
}

TEST_F(ChunkQueueTest, AShardHandsOutItsPartAlone) {
  plan_.shard = {2, 3};
  ChunkQueue chunks = queue({{}, {{83, 166}}, {{83, 90}}, {{160, 166}}});
  EXPECT_EQ(all_of(chunks),
            (std::vector<Handed>{
                {0, 83, 100}, {0, 100, 166}, {2, 90, 100}, {2, 100, 166}, {3, 83, 100}, {3, 100, 160}}));
}

TEST_F(ChunkQueueTest, HandsOutTheLastDrawsOfTheLargestBudget) {
  constexpr std::uint64_t kBudget = (std::uint64_t{1} << 63) - 1;
  for (PlannedCell& cell : plan_.cells) {
    cell.plan.budget = kBudget;
    cell.chunk_size = std::uint64_t{1} << 61;
  }
  ChunkQueue chunks = queue({{{5, kBudget - 3}}, {{0, kBudget}}, {{0, kBudget}}, {{0, kBudget - 1}}});
  EXPECT_EQ(all_of(chunks),
            (std::vector<Handed>{{0, 0, 5}, {0, kBudget - 3, kBudget}, {3, kBudget - 1, kBudget}}));
}

TEST_F(ChunkQueueTest, PopulationsComeWithTheirStates) {
  std::vector<ChunkQueue::CellState> states(4);
  states[1].begun.emplace(120, PopulationState{7, 0.5, {}});
  states[1].begun.emplace(200, PopulationState{8, 0.5, {}});
  ChunkQueue chunks(plan_, std::move(states));
  std::vector<std::pair<std::uint64_t, int>> met;
  while (const auto task = chunks.next()) {
    for (const auto& [population, state] : task->states) {
      EXPECT_EQ(task->cell, 1u);
      EXPECT_EQ(task->range.begin, population / 100 * 100);
      met.emplace_back(population, state.levels);
    }
  }
  EXPECT_EQ(met, (std::vector<std::pair<std::uint64_t, int>>{{120, 7}, {200, 8}}));
}

TEST_F(ChunkQueueTest, AClosedQueueHandsOutNothing) {
  ChunkQueue chunks = queue({{}, {}, {}, {}});
  EXPECT_TRUE(chunks.next());
  chunks.close();
  EXPECT_FALSE(chunks.next());
}

TEST_F(ChunkQueueTest, StoresWhatTheFirstDrawsLeaveAtEachTolerance) {
  ChunkQueue chunks = queue({{}, {}, {}, {}});
  chunks.next();
  chunks.finished(0, {{0, 100}, {9, 4}});
  EXPECT_EQ(chunks.next()->max_stored, (Numbers{0, 1}));
  chunks.finished(0, {{100, 200}, {3, 1}});
  EXPECT_EQ(chunks.next()->max_stored, (Numbers{0, 0}));
  // Another cell has a quota of its own.
  EXPECT_EQ(chunks.next()->max_stored, (Numbers{5, 5}));
}

TEST_F(ChunkQueueTest, ThreadsShareTheChunksWithoutLossOrRepetition) {
  ChunkQueue chunks = queue({{}, {{100, 200}}, {}, {}});
  std::vector<std::vector<Handed>> by_thread(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : by_thread)
      threads.emplace_back([&] { mine = all_of(chunks, 1 + (&mine - by_thread.data())); });
  }
  std::vector<std::vector<bool>> drawn(4, std::vector<bool>(250));
  std::fill(drawn[1].begin() + 100, drawn[1].begin() + 200, true);
  for (const auto& mine : by_thread) {
    for (const auto& [cell, begin, end] : mine) {
      for (std::uint64_t draw = begin; draw < end; ++draw) {
        EXPECT_FALSE(drawn[cell][draw]) << "draw " << draw << " of cell " << cell << " twice";
        drawn[cell][draw] = true;
      }
    }
  }
  EXPECT_EQ(drawn, std::vector<std::vector<bool>>(4, std::vector<bool>(250, true)));
}

TEST(StoredQuota, CountsDrawsFromTheFirstOnWithoutAGap) {
  StoredQuota quota(2, 10, 7);
  quota.add({{20, 30}, {100, 3}});
  EXPECT_EQ(quota.wanted(), (Numbers{10, 10}));
  quota.add({{7, 20}, {1, 0}});
  EXPECT_EQ(quota.wanted(), (Numbers{0, 7}));
  quota.add({{40, 50}, {5, 5}});
  EXPECT_EQ(quota.wanted(), (Numbers{0, 7}));
}

TEST(StoredQuota, EachToleranceHasItsOwn) {
  StoredQuota quota(2, 10, 0);
  quota.add({{0, 5}, {1000, 9}});
  EXPECT_EQ(quota.wanted(), (Numbers{0, 1}));
  quota.add({{6, 7}, {5, 5}});
  EXPECT_EQ(quota.wanted(), (Numbers{0, 1}));
  quota.add({{5, 6}, {0, 0}});
  EXPECT_EQ(quota.wanted(), (Numbers{0, 0}));
}

TEST(StoredQuota, NothingToStoreIsFullFromTheStart) {
  EXPECT_EQ(StoredQuota(3, 0, 0).wanted(), (Numbers{0, 0, 0}));
}

}  // namespace
}  // namespace gnc
