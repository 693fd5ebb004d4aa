#include "host/ledger/ledger.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "host/errors.hpp"
#include "tests/experiment/run_numbers.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

constexpr std::uint64_t kAllOnes = std::numeric_limits<std::uint64_t>::max();

constexpr std::array<DrawRange, 3> kChunks = {{{0, 100}, {100, 200}, {200, 250}}};

/// The chunks of each of four cells.
Config three_chunks(std::int64_t max_stored = 150) {
  return small_experiment({{"gnc_num_samples", 250}, {"chunk_size", 100}, {"max_stored", max_stored}});
}

Ledger new_ledger(const ScratchFolder& scratch, const Config& config) {
  return Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
}

AcceptedDraw draw_at(std::uint64_t index, float train_loss, float gen_loss) {
  AcceptedDraw draw{index, train_loss, gen_loss, {}};
  for (int e = 0; e < 9; ++e) draw.Y.push_back(std::nextafter(static_cast<float>(index), 1e9f) / 7.0f - e);
  return draw;
}

/// An invented result whose sums need every bit of their words.
ChunkResult chunk_result(std::uint64_t drawn, std::vector<AcceptedDraw> stored) {
  ChunkResult result;
  result.drawn = drawn;
  result.accepted = {{stored.size(), {kAllOnes, 3}, {std::uint64_t{1} << 63, kAllOnes >> 1}, 2},
                     {1, {kAllOnes - drawn, kAllOnes}, {12345678901234567890u, drawn}, 0}};
  result.prior = {drawn, {0, std::uint64_t{1} << 63}, {1, 1}, drawn};
  result.stored = std::move(stored);
  return result;
}

TEST(Ledger, AChunkReadsBackBitForBit) {
  const ScratchFolder scratch;
  const std::vector<AcceptedDraw> stored = {draw_at(3, 0.0999999f, 1e-30f),
                                            draw_at(99, 0x1.fffffep-120f, 3e38f),
                                            draw_at(41, std::numeric_limits<float>::denorm_min(), 0.0f)};
  const ChunkResult result = chunk_result(100, stored);
  {
    Ledger ledger = new_ledger(scratch, three_chunks());
    ledger.record_chunk(2, kChunks[1], result, 0.125);
  }
  Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadOnly);
  EXPECT_EQ(ledger.finished(2), (std::vector<FinishedDraws>{{kChunks[1], {3, 1}}}));
  const CellTotals totals = ledger.totals(2);
  EXPECT_EQ(totals.drawn, 100u);
  EXPECT_EQ(totals.finished, 100u);
  EXPECT_EQ(totals.seconds, 0.125);
  EXPECT_TRUE(totals.accepted == result.accepted);
  EXPECT_TRUE(totals.prior == result.prior);
  const std::vector<AcceptedDraw> kept = ledger.accepted(2);
  ASSERT_EQ(kept.size(), 3u);
  for (const AcceptedDraw& expected : {stored[0], stored[2], stored[1]}) {
    const auto i = static_cast<std::size_t>(expected.index == 3 ? 0 : expected.index == 41 ? 1 : 2);
    EXPECT_EQ(kept[i].index, expected.index);
    EXPECT_EQ(kept[i].train_loss, expected.train_loss);
    EXPECT_EQ(kept[i].gen_loss, expected.gen_loss);
    EXPECT_EQ(ledger.accepted_Y(2, expected.index), expected.Y);
  }
  EXPECT_TRUE(ledger.accepted_Y(2, 4).empty());
  for (const std::size_t other : {0, 1, 3}) {
    EXPECT_TRUE(ledger.finished(other).empty());
    EXPECT_TRUE(ledger.accepted(other).empty());
  }
}

TEST(Ledger, TotalsCarryIntoTheHighWords) {
  const ScratchFolder scratch;
  Ledger ledger = new_ledger(scratch, three_chunks());
  // 2^64 - 1 twice and 5 once: 2^65 + 3, which is 2 high and 3 low; the high words add 3 + 3 + 0.
  for (const std::size_t chunk : {0, 2, 1}) {
    ChunkResult result = chunk_result(chunk == 2 ? 50 : 100, {});
    result.accepted[0].loss = chunk == 2 ? WideSum{5, 0} : WideSum{kAllOnes, 3};
    ledger.record_chunk(0, kChunks[chunk], result, 1.0);
  }
  const CellTotals totals = ledger.totals(0);
  EXPECT_EQ(totals.drawn, 250u);
  EXPECT_EQ(totals.accepted[0].loss.low, 3u);
  EXPECT_EQ(totals.accepted[0].loss.high, 3u + 3u + 2u);
  EXPECT_EQ(totals.accepted[0].saturated, 6u);
  EXPECT_EQ(totals.accepted[1].count, 3u);
  EXPECT_EQ(totals.prior.count, 250u);
  EXPECT_EQ(totals.finished, 250u);
  EXPECT_EQ(ledger.finished(0), (std::vector<FinishedDraws>{{{0, 250}, {0, 3}}}));
}

// 10^13 draws in chunks that finish out of order, as those of many workers do.
TEST(Ledger, ItsSizeDoesNotGrowWithTheBudget) {
  const ScratchFolder scratch;
  constexpr std::uint64_t kCount = 2000;
  constexpr std::uint64_t kSize = 10'000'000'000'000 / kCount;
  {
    Ledger ledger = new_ledger(scratch, small_experiment({{"gnc_num_samples", kCount * kSize}}));
    for (std::uint64_t i = 0; i < kCount; ++i) {
      const std::uint64_t chunk = i ^ 7;
      ChunkResult result = chunk_result(kSize, {});
      result.prior.count = kSize;
      ledger.record_chunk(0, {chunk * kSize, (chunk + 1) * kSize}, result, 1.0);
      EXPECT_LE(ledger.finished(0).size(), 5u);
    }
    EXPECT_EQ(ledger.finished(0).size(), 1u);
    EXPECT_EQ(ledger.totals(0).drawn, 10'000'000'000'000u);
  }
  EXPECT_LT(std::filesystem::file_size(scratch.path() / "run.sqlite"), 200'000u);
}

TEST(Ledger, CellsAndChunksFollowTheConfig) {
  const ScratchFolder scratch;
  const Config config = three_chunks();
  const Ledger ledger = new_ledger(scratch, config);
  EXPECT_TRUE(ledger.config() == config);
  EXPECT_EQ(ledger.plan().engine, "cpu");
  EXPECT_EQ(ledger.plan().arithmetic, "fma");
  ASSERT_EQ(ledger.cells().size(), 4u);
  const std::vector<std::pair<std::int64_t, std::int64_t>> order = {{4, 0}, {4, 1}, {7, 0}, {7, 1}};
  for (std::size_t cell = 0; cell < 4; ++cell) {
    EXPECT_EQ(ledger.cells()[cell].point.width, order[cell].first);
    EXPECT_EQ(ledger.cells()[cell].seed, order[cell].second);
    EXPECT_EQ(ledger.cells()[cell].chunk_size, 100u);
    EXPECT_EQ(ledger.plan().range(cell), (DrawRange{0, 250}));
  }
}

TEST(Ledger, KeepsInfiniteWidths) {
  const ScratchFolder scratch;
  const Config config =
      small_experiment({{"widths", {4, "inf"}}, {"activation", "Linear"}, {"draw", "product"}});
  new_ledger(scratch, config);
  const Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadOnly);
  EXPECT_TRUE(ledger.config() == config);
  ASSERT_EQ(ledger.cells().size(), 4u);
  EXPECT_EQ(ledger.cells()[1].point.width, 4);
  EXPECT_EQ(ledger.cells()[2].point.width, kInfiniteWidth);
  EXPECT_EQ(ledger.cells()[2].chunk_size, default_chunk_size("cpu", 9));
}

TEST(Ledger, TheProblemIsKeptAsText) {
  const ScratchFolder scratch;
  const std::string problem = R"({"n_rows":1,"comment":"é \" \\ kept"})";
  Ledger::create(scratch.path(), three_chunks(), "cpu", "fma", problem);
  EXPECT_EQ(Ledger::open(scratch.path(), Database::Mode::ReadOnly).plan().problem_json, problem);
}

TEST(Ledger, AChunkThatFailsHalfwayLeavesNothing) {
  const ScratchFolder scratch;
  Ledger ledger = new_ledger(scratch, three_chunks());
  ledger.record_chunk(0, kChunks[0], chunk_result(100, {draw_at(7, 0.01f, 0.5f)}), 1.0);
  const auto before = run_numbers(ledger);
  // The second accepted draw of the chunk is there already: everything before it must go again.
  const auto bad = chunk_result(100, {draw_at(120, 0.01f, 0.5f), draw_at(7, 0.01f, 0.5f)});
  EXPECT_THROW(ledger.record_chunk(0, kChunks[1], bad, 1.0), UsageError);
  expect_same_numbers(run_numbers(ledger), before);
  EXPECT_EQ(ledger.finished(0), (std::vector<FinishedDraws>{{kChunks[0], {1, 1}}}));
  // The connection is as good as before, and so is the file.
  ledger.record_chunk(0, kChunks[1], chunk_result(100, {draw_at(120, 0.01f, 0.5f)}), 1.0);
  EXPECT_EQ(run_numbers(scratch.path())[0].stored.size(), 2u);
}

TEST(Ledger, AChunkIsRecordedOnce) {
  const ScratchFolder scratch;
  Ledger ledger = new_ledger(scratch, three_chunks());
  ledger.record_chunk(0, kChunks[0], chunk_result(100, {}), 1.0);
  try {
    ledger.record_chunk(0, kChunks[0], chunk_result(100, {}), 1.0);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_TRUE(std::string(error.what()).ends_with("another draws for it too, or it is damaged"))
        << error.what();
  }
  EXPECT_EQ(ledger.totals(0).drawn, 100u);
}

TEST(Ledger, TrimKeepsTheFirstDrawsOfEveryTolerance) {
  const ScratchFolder scratch;
  Ledger ledger = new_ledger(scratch, three_chunks(2));
  // Tolerances 0.1 and 0.02. First two below 0.1: 5 and 20. First two below 0.02: 20 and 130.
  ledger.record_chunk(
      0, kChunks[1],
      chunk_result(100, {draw_at(110, 0.05f, 1), draw_at(130, 0.01f, 2), draw_at(140, 0.01f, 3)}), 1.0);
  ledger.record_chunk(
      0, kChunks[0], chunk_result(100, {draw_at(5, 0.05f, 4), draw_at(20, 0.001f, 5), draw_at(30, 0.09f, 6)}),
      1.0);
  ledger.record_chunk(0, kChunks[2], chunk_result(50, {draw_at(205, 0.05f, 7), draw_at(206, 0.01f, 8)}), 1.0);
  const CellTotals before = ledger.totals(0);
  ledger.trim(0);
  std::vector<std::uint64_t> kept;
  for (const AcceptedDraw& draw : ledger.accepted(0)) kept.push_back(draw.index);
  EXPECT_EQ(kept, (std::vector<std::uint64_t>{5, 20, 130}));
  EXPECT_EQ(ledger.accepted_Y(0, 130), draw_at(130, 0, 0).Y);
  EXPECT_TRUE(ledger.totals(0).accepted == before.accepted);
  // What was removed is out of the checksum as well.
  EXPECT_EQ(run_numbers(scratch.path())[0].stored.size(), 3u);
}

TEST(Ledger, DescentThatDivergedHasInfiniteLosses) {
  const ScratchFolder scratch;
  Ledger ledger = new_ledger(scratch, three_chunks());
  EXPECT_FALSE(ledger.descent(1));
  ledger.record_descent(1, {0.1, 1e-300, 2.5});
  ledger.record_descent(3, {INFINITY, INFINITY, 2.0});
  EXPECT_EQ(ledger.descent(1)->gd_gen, 0.1);
  EXPECT_EQ(ledger.descent(1)->gd_train, 1e-300);
  EXPECT_EQ(ledger.descent(1)->seconds, 2.5);
  ASSERT_TRUE(ledger.descent(3));
  EXPECT_EQ(ledger.descent(3)->gd_gen, INFINITY);
  EXPECT_EQ(ledger.descent(3)->gd_train, INFINITY);
  EXPECT_NO_THROW(run_numbers(scratch.path()));
}

TEST(Ledger, AReaderSeesOneMomentOfARunThatGoesOn) {
  const ScratchFolder scratch;
  Ledger writer = new_ledger(scratch, three_chunks());
  writer.record_chunk(0, kChunks[0], chunk_result(100, {draw_at(7, 0.01f, 0.5f)}), 1.0);
  Ledger reader = Ledger::open(scratch.path(), Database::Mode::ReadOnly);
  writer.record_chunk(0, kChunks[1], chunk_result(100, {draw_at(107, 0.01f, 0.5f)}), 1.0);
  EXPECT_EQ(reader.totals(0).drawn, 100u);
  EXPECT_EQ(reader.accepted(0).size(), 1u);
  EXPECT_EQ(run_numbers(scratch.path())[0].drawn, 200u);
}

TEST(Ledger, AReaderLeavesNothingBehindAndCannotWrite) {
  const ScratchFolder scratch;
  new_ledger(scratch, three_chunks())
      .record_chunk(0, kChunks[0], chunk_result(100, {draw_at(7, 0.01f, 0.5f)}), 1.0);
  const std::string before = scratch.read("run.sqlite");
  {
    Ledger reader = Ledger::open(scratch.path(), Database::Mode::ReadOnly);
    EXPECT_EQ(reader.totals(0).drawn, 100u);
    EXPECT_THROW(reader.record_descent(0, {0.1, 0.1, 1.0}), RunError);
  }
  EXPECT_EQ(scratch.read("run.sqlite"), before);
  const auto entries = std::filesystem::directory_iterator(scratch.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

// What a killed run leaves: its ledger and its log.
void copy_as_killed(const ScratchFolder& from, const ScratchFolder& to) {
  for (const char* name : {"run.sqlite", "run.sqlite-wal"})
    std::filesystem::copy_file(from.path() / name, to.path() / name);
}

TEST(Ledger, AReaderLeavesTheLogOfAnotherProcessAsItIs) {
  const ScratchFolder scratch, killed;
  Ledger writer = new_ledger(scratch, three_chunks());
  writer.record_chunk(0, kChunks[0], chunk_result(100, {draw_at(7, 0.01f, 0.5f)}), 1.0);
  copy_as_killed(scratch, killed);
  const std::string file = killed.read("run.sqlite");
  const std::string log = killed.read("run.sqlite-wal");
  ASSERT_FALSE(log.empty());
  EXPECT_EQ(Ledger::open(killed.path(), Database::Mode::ReadOnly).totals(0).drawn, 100u);
  EXPECT_TRUE(killed.read("run.sqlite") == file);
  EXPECT_TRUE(killed.read("run.sqlite-wal") == log);
  EXPECT_EQ(Ledger::open(killed.path(), Database::Mode::ReadWrite).totals(0).drawn, 100u);
  EXPECT_FALSE(std::filesystem::exists(killed.path() / "run.sqlite-wal"));
}

TEST(Ledger, ANewOneTakesNothingFromTheLogOfOneThatWasDeleted) {
  const ScratchFolder scratch, killed;
  Ledger writer = new_ledger(scratch, three_chunks());
  writer.record_chunk(0, kChunks[0], chunk_result(100, {draw_at(7, 0.01f, 0.5f)}), 1.0);
  copy_as_killed(scratch, killed);
  std::filesystem::remove(killed.path() / "run.sqlite");
  EXPECT_EQ(new_ledger(killed, three_chunks()).totals(0).drawn, 0u);
  EXPECT_EQ(run_numbers(killed.path())[0].drawn, 0u);
}

TEST(Ledger, OneThatCannotBeFilledLeavesTheFolderEmpty) {
  const ScratchFolder scratch;
  const RunPlan plan = new_ledger(ScratchFolder(), three_chunks()).plan();
  EXPECT_THROW(Ledger::create_filled(scratch.path(), plan,
                                     [](Ledger& ledger) {
                                       ledger.record_descent(0, {0.1, 0.1, 1.0});
                                       throw RunError("no more");
                                     }),
               RunError);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(Ledger, WhereThereIsNoWriteAheadLogItSaysSo) {
  const ScratchFolder scratch;
  sqlite3_vfs* const usual = sqlite3_vfs_find(nullptr);
  sqlite3_vfs* const without_shared_memory = sqlite3_vfs_find("unix-dotfile");
  ASSERT_NE(without_shared_memory, nullptr);
  ASSERT_EQ(sqlite3_vfs_register(without_shared_memory, 1), SQLITE_OK);
  std::string message;
  try {
    new_ledger(scratch, three_chunks());
  } catch (const RunError& error) {
    message = error.what();
  }
  ASSERT_EQ(sqlite3_vfs_register(usual, 1), SQLITE_OK);
  EXPECT_NE(message.find((scratch.path() / "run.sqlite").string()), std::string::npos) << message;
  EXPECT_NE(message.find("no write-ahead log"), std::string::npos) << message;
}

// Draws that are not the first come in for as long as those before them are missing.
TEST(Ledger, HoldsAtMostTwiceTheDrawsThatAreKept) {
  const ScratchFolder scratch;
  Config config = three_chunks(2);
  config.gnc_num_samples = 100'000;
  new_ledger(scratch, config);
  for (std::uint64_t sitting = 0; sitting < 3; ++sitting) {
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    for (std::uint64_t chunk = 10 * sitting + 1; chunk <= 10 * sitting + 10; ++chunk) {
      const std::uint64_t begin = 100 * chunk;
      ledger.record_chunk(0, {begin, begin + 100},
                          chunk_result(100, {draw_at(begin, 0.05f, 1), draw_at(begin + 9, 0.01f, 2)}), 1.0);
      EXPECT_LE(ledger.accepted(0).size(), 2u * 2u * 2u);
    }
  }
}

TEST(Ledger, AFolderHoldsOneRun) {
  const ScratchFolder scratch;
  const Ledger ledger = new_ledger(scratch, three_chunks());
  try {
    new_ledger(scratch, three_chunks());
    FAIL();
  } catch (const UsageError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find(scratch.path().string()), std::string::npos) << message;
    EXPECT_NE(message.find("--resume"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace gnc
