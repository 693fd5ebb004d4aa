#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "host/cli/redrawn_text.hpp"
#include "host/cli/run_changes.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

void append(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

TEST(RedrawnText, TakesThePlaceOfTheLast) {
  RedrawnText text;
  EXPECT_EQ(text.show("a\nb\n", 24, 80), "a\nb\n");
  EXPECT_EQ(text.show("c\n", 24, 80), "\x1b[2A\r\x1b[Jc\n");
  EXPECT_EQ(text.show("", 24, 80), "\x1b[1A\r\x1b[J");
  EXPECT_EQ(text.show("d\n", 24, 80), "d\n");
}

TEST(RedrawnText, NeverScrollsOrWraps) {
  RedrawnText text;
  EXPECT_EQ(text.show("1\n2\n3\n4\n", 4, 80), "1\n2\n3\n");
  EXPECT_EQ(text.show("0123456789\n", 24, 10), "\x1b[3A\r\x1b[J0123456..\n");
}

TEST(RunChanges, AreSeenInLedgerAndLog) {
  const ScratchFolder scratch;
  RunChanges changes(scratch.path());
  EXPECT_TRUE(changes.any());
  EXPECT_FALSE(changes.any());
  append(scratch.path() / "run.sqlite", "x");
  EXPECT_TRUE(changes.any());
  EXPECT_FALSE(changes.any());
  append(scratch.path() / "run.sqlite-wal", "x");
  EXPECT_TRUE(changes.any());
  append(scratch.path() / "run.sqlite-wal", "x");
  EXPECT_TRUE(changes.any());
  std::filesystem::remove(scratch.path() / "run.sqlite-wal");
  EXPECT_TRUE(changes.any());
  EXPECT_FALSE(changes.any());
}

TEST(WatchPause, KeepsTheLoadSmall) {
  EXPECT_EQ(watch_pause(5.0, 0.01), 5.0);
  EXPECT_EQ(watch_pause(5.0, 2.0), 38.0);
}

}  // namespace
}  // namespace gnc
