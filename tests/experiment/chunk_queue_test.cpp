#include "host/experiment/chunk_queue.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "tests/experiment/small_experiment.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

using Handed = std::pair<std::size_t, std::uint64_t>;

class ChunkQueueTest : public testing::Test {
 protected:
  // Four cells of three chunks: 0 .. 99, 100 .. 199, 200 .. 249.
  ChunkQueueTest()
      : ledger_(Ledger::create(
            scratch_.path(),
            small_experiment({{"gnc_num_samples", 250}, {"chunk_size", 100}, {"max_stored", 5}}), "cpu",
            "fma", std::nullopt)),
        source_(ledger_) {}

  ChunkQueue queue(std::vector<std::vector<std::uint64_t>> finished) const {
    std::vector<ChunkQueue::CellState> states;
    for (auto& chunks : finished) states.push_back({std::move(chunks), StoredQuota(2, 5), {}});
    return ChunkQueue(ledger_, source_, std::move(states));
  }

  ScratchFolder scratch_;
  Ledger ledger_;
  CellSource source_;
};

TEST_F(ChunkQueueTest, HandsOutEveryChunkInOrder) {
  ChunkQueue chunks = queue({{}, {}, {}, {}});
  for (std::size_t cell = 0; cell < 4; ++cell) {
    for (std::uint64_t chunk = 0; chunk < 3; ++chunk) {
      const auto task = chunks.next();
      ASSERT_TRUE(task);
      EXPECT_EQ(task->cell, cell);
      EXPECT_EQ(task->chunk, chunk);
      EXPECT_EQ(task->range, (DrawRange{100 * chunk, chunk == 2 ? 250 : 100 * chunk + 100}));
      EXPECT_EQ(task->prepared->view().width, cell < 2 ? 4 : 7);
      EXPECT_EQ(task->max_stored, 5u);
    }
  }
  EXPECT_FALSE(chunks.next());
  EXPECT_FALSE(chunks.next());
}

TEST_F(ChunkQueueTest, SkipsWhatIsFinished) {
  ChunkQueue chunks = queue({{0, 1, 2}, {1}, {0, 2}, {0, 1, 2}});
  std::vector<Handed> handed;
  while (const auto task = chunks.next()) handed.emplace_back(task->cell, task->chunk);
  EXPECT_EQ(handed, (std::vector<Handed>{{1, 0}, {1, 2}, {2, 1}}));
}

TEST_F(ChunkQueueTest, AClosedQueueHandsOutNothing) {
  ChunkQueue chunks = queue({{}, {}, {}, {}});
  EXPECT_TRUE(chunks.next());
  chunks.close();
  EXPECT_FALSE(chunks.next());
}

TEST_F(ChunkQueueTest, StoresNothingOnceTheFirstChunksFillTheQuota) {
  ChunkQueue chunks = queue({{}, {}, {}, {}});
  chunks.next();
  chunks.finished(0, 0, {9, 4});
  EXPECT_EQ(chunks.next()->max_stored, 5u);
  chunks.finished(0, 1, {0, 1});
  EXPECT_EQ(chunks.next()->max_stored, 0u);
  // Another cell has a quota of its own.
  EXPECT_EQ(chunks.next()->max_stored, 5u);
}

TEST_F(ChunkQueueTest, ThreadsShareTheChunksWithoutLossOrRepetition) {
  ChunkQueue chunks = queue({{}, {1}, {}, {}});
  std::vector<std::vector<Handed>> handed(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : handed) {
      threads.emplace_back([&] {
        while (const auto task = chunks.next()) mine.emplace_back(task->cell, task->chunk);
      });
    }
  }
  std::multiset<Handed> all;
  for (const auto& mine : handed) all.insert(mine.begin(), mine.end());
  std::multiset<Handed> expected;
  for (std::size_t cell = 0; cell < 4; ++cell) {
    for (std::uint64_t chunk = 0; chunk < 3; ++chunk) {
      if (cell != 1 || chunk != 1) expected.emplace(cell, chunk);
    }
  }
  EXPECT_EQ(all, expected);
}

TEST(StoredQuota, CountsChunksFromTheFirstOnWithoutAGap) {
  StoredQuota quota(2, 10);
  quota.add(1, {100, 100});
  EXPECT_FALSE(quota.filled());
  quota.add(0, {1, 0});
  EXPECT_TRUE(quota.filled());
}

TEST(StoredQuota, EveryToleranceMustBeFull) {
  StoredQuota quota(2, 10);
  quota.add(0, {1000, 9});
  EXPECT_FALSE(quota.filled());
  quota.add(2, {5, 5});
  EXPECT_FALSE(quota.filled());
  quota.add(1, {0, 0});
  EXPECT_TRUE(quota.filled());
}

TEST(StoredQuota, NothingToStoreIsFullFromTheStart) { EXPECT_TRUE(StoredQuota(3, 0).filled()); }

}  // namespace
}  // namespace gnc
