#include <gtest/gtest.h>

#include <csignal>
#include <random>
#include <string>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

constexpr std::size_t kPage = 4096;

/// What the commands say about a run; the damage must not change it.
struct Answers {
  std::string show, replay;
  CsvRows cells;
};

/// A finished run and copies of it with a damaged ledger.
class DamagedRun : public testing::Test {
 protected:
  DamagedRun() {
    write_small(scratch_.path(), {{"gnc_num_samples", 4'000}, {"chunk_size", 500}});
    EXPECT_EQ(run({"run", "small.json", "--out", "sound"}).code, 0);
    sound_ = read_text(scratch_.path() / "sound" / "run.sqlite");
    answers_.show = run({"show", "sound", "--json"}).out;
    answers_.replay = run({"replay", "sound", "--cell", "3", "--index", "123"}).out;
    answers_.cells = cells_without_times(scratch_.path() / "sound");
    EXPECT_FALSE(answers_.show.empty() || answers_.replay.empty());
  }

  GncEnd run(std::vector<std::string> words) const { return run_gnc(scratch_.path(), std::move(words)); }

  /// Each command refuses the ledger by name or answers as if it were sound. True if all refused.
  bool refused_or_the_same(const std::string& ledger) const {
    const std::filesystem::path folder = scratch_.path() / "bad";
    bool all_refused = true;
    const auto answered = [&](const std::vector<std::string>& words, GncEnd& end) {
      std::filesystem::remove_all(folder);
      std::filesystem::create_directory(folder);
      write_text(folder / "run.sqlite", ledger);
      end = run(words);
      EXPECT_EQ(end.signal, 0) << words.front();
      if (end.code == 0) {
        all_refused = false;
        return true;
      }
      EXPECT_EQ(end.code, 2) << words.front() << ": " << end.err;
      EXPECT_EQ(end.out, "") << words.front();
      EXPECT_EQ(count_lines(end.err), 1u) << end.err;
      EXPECT_NE(end.err.find("bad/run.sqlite"), std::string::npos) << end.err;
      EXPECT_TRUE(read_text(folder / "run.sqlite") == ledger)
          << words.front() << " wrote to a damaged ledger";
      EXPECT_FALSE(std::filesystem::exists(folder / "cells.csv"));
      return false;
    };
    GncEnd end;
    if (answered({"show", "bad", "--json"}, end)) {
      EXPECT_EQ(end.out, answers_.show);
    }
    if (answered({"replay", "bad", "--cell", "3", "--index", "123"}, end)) {
      EXPECT_EQ(end.out, answers_.replay);
    }
    if (answered({"report", "bad"}, end)) {
      EXPECT_EQ(cells_without_times(folder), answers_.cells);
    }
    if (answered({"run", "--resume", "--out", "bad"}, end)) {
      EXPECT_EQ(cells_without_times(folder), answers_.cells);
      expect_same_numbers(run_numbers(folder), run_numbers(scratch_.path() / "sound"));
    }
    return all_refused;
  }

  ScratchFolder scratch_;
  std::string sound_;
  Answers answers_;
};

TEST_F(DamagedRun, ACopyOfTheSoundLedgerAnswersTheSame) { EXPECT_FALSE(refused_or_the_same(sound_)); }

TEST_F(DamagedRun, TruncatedAnywhere) {
  std::mt19937_64 random(1);
  int refused = 0;
  for (int variant = 0; variant < 16; ++variant) {
    const std::size_t size =
        variant < 8 ? random() % sound_.size() : random() % (sound_.size() / kPage) * kPage;
    SCOPED_TRACE(size);
    refused += refused_or_the_same(sound_.substr(0, size)) ? 1 : 0;
  }
  EXPECT_GE(refused, 12);  // the end of the last page may be free space
}

TEST_F(DamagedRun, AByteChangedInEachPage) {
  const std::size_t pages = sound_.size() / kPage;
  ASSERT_GT(pages, 10u);
  std::mt19937_64 random(2);
  int refused = 0;
  for (std::size_t variant = 0; variant < 32; ++variant) {
    const std::size_t at = variant % pages * kPage + random() % kPage;
    SCOPED_TRACE(at);
    std::string damaged = sound_;
    damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1 + random() % 255));
    refused += refused_or_the_same(damaged) ? 1 : 0;
  }
  EXPECT_GT(refused, 5);  // much of a page is free space
}

TEST_F(DamagedRun, BytesChangedInEveryPageAtOnce) {
  std::mt19937_64 random(3);
  for (int variant = 0; variant < 4; ++variant) {
    std::string damaged = sound_;
    for (std::size_t page = 0; page < damaged.size() / kPage; ++page) {
      damaged[page * kPage + random() % kPage] ^= static_cast<char>(1 + random() % 255);
    }
    EXPECT_TRUE(refused_or_the_same(damaged));
  }
}

// A kill leaves transactions in the log beside the ledger; what is lost of it is drawn again.
TEST_F(DamagedRun, ALogDamagedAfterAKillIsDrawnAgainOrRefused) {
  write_small(scratch_.path(), {{"gnc_num_samples", 500'000}, {"gd_epochs", 10}});
  const std::filesystem::path run_folder = scratch_.path() / "killed";
  GncCall call;
  call.folder = scratch_.path();
  call.arguments = {"run", "small.json", "--chunk-size", "5000", "--threads", "2", "--out", "killed"};
  {
    GncProcess process(call);
    const std::filesystem::path log = run_folder / "run.sqlite-wal";
    ASSERT_TRUE(wait_until(
        [&] { return std::filesystem::exists(log) && std::filesystem::file_size(log) > 100'000; }));
    process.send(SIGKILL);
    ASSERT_EQ(process.wait().signal, SIGKILL);
  }
  call.arguments.back() = "whole";
  ASSERT_EQ(run_gnc(call).code, 0);
  const auto expected = run_numbers(scratch_.path() / "whole");
  const std::string ledger = read_text(run_folder / "run.sqlite");
  const std::string log = read_text(run_folder / "run.sqlite-wal");
#ifdef GNC_PROGRAM_SANITIZED
  constexpr int kStep = 3;  // the same code, some ten times slower
#else
  constexpr int kStep = 1;
#endif
  std::mt19937_64 random(4);
  for (int variant = 0; variant < 12; variant += kStep) {
    SCOPED_TRACE(variant);
    std::filesystem::remove(run_folder / "run.sqlite-shm");
    write_text(run_folder / "run.sqlite", ledger);
    std::string damaged = log;
    if (variant < 4) {
      damaged.resize(variant == 0 ? log.size() / 2 : random() % log.size());
    } else {
      damaged[random() % log.size()] ^= 0x10;
    }
    write_text(run_folder / "run.sqlite-wal", damaged);
    const GncEnd end = run({"run", "--resume", "--out", "killed"});
    EXPECT_EQ(end.signal, 0);
    if (end.code == 2) {
      EXPECT_NE(end.err.find("killed/run.sqlite"), std::string::npos) << end.err;
      continue;
    }
    ASSERT_EQ(end.code, 0) << end.err;
    expect_same_numbers(run_numbers(run_folder), expected);
  }
}

}  // namespace
}  // namespace gnc
