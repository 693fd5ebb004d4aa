#include "host/experiment/finished_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <variant>

namespace gnc {
namespace {

constexpr std::chrono::milliseconds kAtOnce{0};
constexpr std::chrono::minutes kLong{1};

FinishedWork chunk(std::size_t cell, std::uint64_t begin) {
  return {cell, {begin, begin + 10}, ChunkResult{}, 1.0};
}

FinishedWork state(std::size_t cell, std::uint64_t population, double seconds) {
  PopulationState state;
  state.seconds = seconds;
  return {cell, {population, population + 1}, std::move(state), seconds, 0.5};
}

FinishedWork record(std::size_t cell, std::uint64_t population) {
  return {cell, {population, population + 1}, PopulationRecord{}, 9.0};
}

TEST(FinishedQueue, GivesWhatWasPutInTurn) {
  FinishedQueue queue(10);
  queue.put(chunk(2, 0));
  queue.put(chunk(2, 10));
  queue.put(chunk(1, 0));
  EXPECT_EQ(queue.take(kAtOnce)->range.begin, 0u);
  EXPECT_EQ(queue.take(kAtOnce)->range.begin, 10u);
  EXPECT_EQ(queue.take(kAtOnce)->cell, 1u);
  EXPECT_FALSE(queue.take(kAtOnce));
}

TEST(FinishedQueue, AStateGivesWayToTheNextOfItsPopulation) {
  FinishedQueue queue(1000);
  for (int time = 1; time <= 100; ++time) {
    for (const std::uint64_t population : {3, 4}) queue.put(state(0, population, time));
    queue.put(state(1, 3, time));
  }
  queue.put(record(0, 4));
  const auto first = queue.take(kAtOnce), second = queue.take(kAtOnce), third = queue.take(kAtOnce);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(std::get<PopulationState>(first->result).seconds, 100.0);
  EXPECT_TRUE(std::holds_alternative<PopulationRecord>(second->result));
  EXPECT_EQ(second->range.begin, 4u);
  EXPECT_EQ(third->cell, 1u);
  EXPECT_EQ(std::get<PopulationState>(third->result).seconds, 100.0);
  EXPECT_FALSE(queue.take(kAtOnce));
}

TEST(FinishedQueue, WhatIsFinishedGivesWayToNothing) {
  FinishedQueue queue(10);
  queue.put(record(0, 4));
  queue.put(record(0, 4));
  queue.put(chunk(1, 0));
  queue.put(chunk(1, 0));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.take(kAtOnce)) << i;
}

TEST(FinishedQueue, PuttingWaitsForRoom) {
  FinishedQueue queue(2);
  constexpr int kAll = 50;
  std::atomic<int> put{0};
  std::jthread worker([&] {
    for (; put < kAll; ++put) queue.put(chunk(0, 10 * static_cast<std::uint64_t>(put)));
    queue.close();
  });
  int taken = 0;
  while (!queue.ended()) {
    if (queue.take(kLong)) ++taken;
    EXPECT_LE(put, taken + 3);
  }
  EXPECT_EQ(taken, kAll);
}

TEST(FinishedQueue, AnAbandonedOneLetsAllGoOn) {
  FinishedQueue queue(1);
  std::jthread worker([&] {
    for (std::uint64_t i = 0; i < 5; ++i) queue.put(chunk(0, 10 * i));
    queue.close();
  });
  queue.abandon();
  worker.join();
  EXPECT_FALSE(queue.ended());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.take(kAtOnce)) << i;
  EXPECT_TRUE(queue.ended());
}

}  // namespace
}  // namespace gnc
