#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "host/errors.hpp"
#include "host/ledger/ledger.hpp"
#include "tests/experiment/run_numbers.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// A ledger of invented numbers, in one file.
void write_ledger(const std::filesystem::path& folder) {
  const Config config = small_experiment({{"gnc_num_samples", 2000}, {"chunk_size", 100}});
  Ledger ledger = Ledger::create(folder, config, "cpu", "fma", std::nullopt);
  std::mt19937_64 random(5);
  for (std::size_t cell = 0; cell < ledger.cells().size(); ++cell) {
    ledger.record_descent(cell, {0.25 + static_cast<double>(cell), 1e-9, 1.0});
    for (std::uint64_t chunk = 0; chunk < 10; ++chunk) {
      ChunkResult result;
      result.drawn = 100;
      result.prior = {100, {random(), 1}, {random(), 2}, 0};
      result.accepted = {{12, {random(), 0}, {random(), 0}, 0}, {3, {random(), 0}, {random(), 0}, 0}};
      for (std::uint64_t i = 0; i < 12; ++i) {
        AcceptedDraw draw{200 * chunk + 8 * i, 0.01f, 0.5f, {}};
        for (int e = 0; e < 9; ++e) draw.Y.push_back(static_cast<float>(random() % 1000) / 999.0f);
        result.stored.push_back(draw);
      }
      ledger.record_chunk(cell, {200 * chunk, 200 * chunk + 100}, result, 1.0);
    }
  }
}

std::string refusal(const std::filesystem::path& folder, Database::Mode mode = Database::Mode::ReadOnly) {
  try {
    Ledger::open(folder, mode);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

void expect_refused(const std::filesystem::path& folder, const std::string& reason) {
  for (const auto mode : {Database::Mode::ReadOnly, Database::Mode::ReadWrite}) {
    const std::string message = refusal(folder, mode);
    EXPECT_NE(message.find((folder / "run.sqlite").string()), std::string::npos) << message;
    EXPECT_NE(message.find(reason), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(DamagedLedger, ATruncatedFileIsRefused) {
  const ScratchFolder scratch;
  write_ledger(scratch.path());
  const std::string whole = scratch.read("run.sqlite");
  ASSERT_GT(whole.size(), 8u * 4096u);
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{50}, std::size_t{100}, std::size_t{4095}, std::size_t{4096},
        whole.size() / 2, whole.size() - 4096, whole.size() - 1}) {
    SCOPED_TRACE(size);
    write_bytes(scratch.path() / "run.sqlite", whole.substr(0, size));
    expect_refused(scratch.path(), "damaged");
  }
}

TEST(DamagedLedger, FilesOfOthersAreRefused) {
  for (const std::string& content :
       {std::string(), std::string("hello, world\n"), std::string(10'000, '\xff')}) {
    const ScratchFolder scratch;
    write_bytes(scratch.path() / "run.sqlite", content);
    expect_refused(scratch.path(), "gnc");
    EXPECT_EQ(scratch.read("run.sqlite"), content);
  }
  const ScratchFolder scratch;
  Database(scratch.path() / "run.sqlite", Database::Mode::Create)
      .execute("CREATE TABLE cells (cell INTEGER)");
  expect_refused(scratch.path(), "not a ledger of gnc");
}

TEST(DamagedLedger, AFolderInItsPlaceIsRefused) {
  const ScratchFolder scratch;
  std::filesystem::create_directory(scratch.path() / "run.sqlite");
  expect_refused(scratch.path(), "is not a file");
}

TEST(DamagedLedger, AnotherVersionIsRefused) {
  const ScratchFolder scratch;
  write_ledger(scratch.path());
  Database(scratch.path() / "run.sqlite", Database::Mode::ReadWrite).execute("PRAGMA user_version = 6");
  expect_refused(scratch.path(), "version 6, but this program reads version 5");
}

// SQLite would take each of these for a sound database.
TEST(DamagedLedger, ContentChangedBehindItsBackIsRefused) {
  for (const char* change :
       {"UPDATE sums SET loss_low = loss_low + 1 WHERE cell = 1 AND range_begin = 600 AND tolerance = 0",
        "UPDATE sums SET count = 13 WHERE cell = 1 AND range_begin = 600 AND tolerance = 0",
        "UPDATE finished SET seconds = 1.0000000000000002 WHERE cell = 0 AND range_begin = 0",
        "UPDATE accepted SET gen_loss = 0.50000001 WHERE cell = 2 AND draw = 8",
        "UPDATE accepted SET Y = zeroblob(36) WHERE cell = 2 AND draw = 8",
        "DELETE FROM accepted WHERE cell = 2 AND draw = 8", "DELETE FROM descent WHERE cell = 3",
        "UPDATE descent SET gd_gen = 0 WHERE cell = 3", "UPDATE cells SET chunk_size = 50",
        "UPDATE meta SET value = replace(value, '0.02', '0.03') WHERE key = 'config'",
        "INSERT INTO meta VALUES ('extra', '')",
        "DELETE FROM finished WHERE range_begin = 1800; DELETE FROM sums WHERE range_begin = 1800; DELETE "
        "FROM "
        "accepted WHERE draw >= 1800",
        "UPDATE seal SET digest = digest + 1", "DELETE FROM seal", "INSERT INTO seal SELECT digest FROM seal",
        "ALTER TABLE finished RENAME COLUMN drawn TO dealt", "CREATE TABLE extra (x)"}) {
    SCOPED_TRACE(change);
    const ScratchFolder scratch;
    write_ledger(scratch.path());
    Database(scratch.path() / "run.sqlite", Database::Mode::ReadWrite).execute(change);
    expect_refused(scratch.path(), "damaged");
  }
}

// One bit at a time, over the whole file: refused by name, or it was a bit that nothing depends on.
TEST(DamagedLedger, AFlippedBitNeverChangesANumber) {
  const ScratchFolder scratch;
  write_ledger(scratch.path());
  const auto expected = run_numbers(scratch.path());
  const std::string whole = scratch.read("run.sqlite");
  std::mt19937_64 random(17);
  int refused = 0;
  int harmless = 0;
  for (std::size_t at = 0; at < whole.size(); at += 1 + random() % (at < 4096 ? 40 : 400)) {
    SCOPED_TRACE(at);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    write_bytes(scratch.path() / "run.sqlite", damaged);
    for (const char* beside : {"run.sqlite-wal", "run.sqlite-shm"})
      std::filesystem::remove(scratch.path() / beside);
    try {
      const auto got = run_numbers(scratch.path());
      ++harmless;
      expect_same_numbers(got, expected);
    } catch (const UsageError& error) {
      ++refused;
      ASSERT_NE(std::string(error.what()).find("run.sqlite"), std::string::npos) << error.what();
    }
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(harmless, 100);
}

// Rows that are all there, but not where they belong: what reads them by key would find some of them.
TEST(DamagedLedger, ExchangedPagesAreRefused) {
  const ScratchFolder scratch;
  write_ledger(scratch.path());
  constexpr std::size_t kPage = 4096;
  constexpr char kLeaf = 10;  // of a table without row numbers
  const std::string whole = scratch.read("run.sqlite");
  std::vector<std::size_t> leaves;
  for (std::size_t at = kPage; at < whole.size(); at += kPage) {
    if (whole[at] == kLeaf) leaves.push_back(at);
  }
  ASSERT_GE(leaves.size(), 8u);
  std::mt19937_64 random(3);
  int refused = 0;
  for (int trial = 0; trial < 20; ++trial) {
    std::ranges::shuffle(leaves, random);
    std::string damaged = whole;
    std::swap_ranges(damaged.begin() + static_cast<std::ptrdiff_t>(leaves[0]),
                     damaged.begin() + static_cast<std::ptrdiff_t>(leaves[0] + kPage),
                     damaged.begin() + static_cast<std::ptrdiff_t>(leaves[1]));
    write_bytes(scratch.path() / "run.sqlite", damaged);
    if (!refusal(scratch.path()).empty()) ++refused;
  }
  EXPECT_EQ(refused, 20);
}

}  // namespace
}  // namespace gnc
