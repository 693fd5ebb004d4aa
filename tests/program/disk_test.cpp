#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/private_mount.hpp"
#include "tests/program/resource_limit.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// Chunks that store about 5 MB of accepted draws in all.
const std::vector<std::string> kLargeRun = {"run",       "small.json", "--chunk-size", "1000",
                                            "--threads", "2",          "--out"};

void write_large(const std::filesystem::path& folder) {
  write_small(folder, {{"max_stored", 1'000'000}, {"gnc_eps_train", 1e6}, {"gnc_num_samples", 12'000}});
}

std::vector<std::string> into(std::vector<std::string> words, const std::string& folder) {
  words.push_back(folder);
  return words;
}

void expect_disk_failure(const GncEnd& end, const std::string& named) {
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.code, 1) << end.err;
  const auto last = end.err.rfind("gnc: ");
  ASSERT_NE(last, std::string::npos) << end.err;
  const std::string message = end.err.substr(last);
  EXPECT_EQ(count_lines(message), 1u) << end.err;
  EXPECT_NE(message.find(named), std::string::npos) << end.err;
}

void expect_resumed_like_whole(const std::filesystem::path& folder, const std::filesystem::path& run) {
  const GncEnd resumed = run_gnc(folder, {"run", "--resume", "--out", run.string()});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  const GncEnd whole = run_gnc(folder, into(kLargeRun, "whole"));
  ASSERT_EQ(whole.code, 0) << whole.err;
  expect_same_numbers(run_numbers(run), run_numbers(folder / "whole"));
  EXPECT_EQ(cells_without_times(run), cells_without_times(folder / "whole"));
}

TEST(Disk, ALimitOnFileSizesEndsTheRunAndLosesNothing) {
  const ScratchFolder scratch;
  write_large(scratch.path());
  const std::filesystem::path run = scratch.path() / "run";
  GncEnd end;
  {
    const ResourceLimit limit(RLIMIT_FSIZE, 1 << 20);
    end = run_gnc(scratch.path(), into(kLargeRun, run.string()));
  }
  expect_disk_failure(end, (run / "run.sqlite").string());
  EXPECT_GT(drawn_in(run), 0u);
  EXPECT_LT(drawn_in(run), 48'000u);
  expect_resumed_like_whole(scratch.path(), run);
}

TEST(Disk, AFullDiskEndsTheRunAndLosesNothing) {
  const ScratchFolder scratch;
  write_large(scratch.path());
  const std::filesystem::path disk = scratch.path() / "disk";
  PrivateMount mount(disk, "2m");
  if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
  const std::filesystem::path run = disk / "run";
  expect_disk_failure(run_gnc(scratch.path(), into(kLargeRun, run.string())), (run / "run.sqlite").string());
  // The disk is as full as before: going on fails in the same way, looking does not.
  expect_disk_failure(run_gnc(scratch.path(), {"run", "--resume", "--out", run.string()}), run.string());
  mount.resize("100m");
  const std::uint64_t drawn = drawn_in(run);
  EXPECT_GT(drawn, 0u);
  EXPECT_LT(drawn, 48'000u);
  const GncEnd shown = run_gnc(scratch.path(), {"show", run.string()});
  EXPECT_EQ(shown.code, 0) << shown.err;
  expect_resumed_like_whole(scratch.path(), run);
}

TEST(Disk, NoRoomToBeginWith) {
  const ScratchFolder scratch;
  write_large(scratch.path());
  const std::filesystem::path disk = scratch.path() / "disk";
  PrivateMount mount(disk, "64k");
  if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
  write_text(disk / "filler", std::string(50'000, 'x'));
  const std::filesystem::path run = disk / "run";
  expect_disk_failure(run_gnc(scratch.path(), into(kLargeRun, run.string())), run.string());
  expect_disk_failure(run_gnc(scratch.path(), {"problem", "--n-rows", "20", "--n-cols", "20", "--out",
                                               (disk / "problem.json").string()}),
                      (disk / "problem.json").string());
  EXPECT_FALSE(std::filesystem::exists(disk / "problem.json"));
  mount.resize("100m");
  const GncEnd again = run_gnc(scratch.path(), into(kLargeRun, run.string()));
  EXPECT_EQ(again.code, 0) << again.err;
}

TEST(Disk, AReadOnlyDiskCanBeReadAndNotWritten) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  const std::filesystem::path disk = scratch.path() / "disk";
  PrivateMount mount(disk, "20m");
  if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
  const std::string run = (disk / "a run").string();
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", run}).code, 0);
  const GncEnd shown = run_gnc(scratch.path(), {"show", run, "--json"});
  const GncEnd replayed = run_gnc(scratch.path(), {"replay", run, "--cell", "1", "--index", "17"});
  mount.make_read_only();

  const std::string other = (disk / "other").string();
  expect_disk_failure(run_gnc(scratch.path(), {"run", "small.json", "--out", other}), other);
  expect_disk_failure(run_gnc(scratch.path(), {"run", "--resume", "--out", run}), run);
  expect_disk_failure(run_gnc(scratch.path(), {"report", run}), run);
  expect_disk_failure(run_gnc(scratch.path(), {"problem", "--out", (disk / "p.json").string()}), "p.json");
  const GncEnd shown_again = run_gnc(scratch.path(), {"show", run, "--json"});
  EXPECT_EQ(shown_again.code, 0) << shown_again.err;
  EXPECT_EQ(shown_again.out, shown.out);
  EXPECT_EQ(run_gnc(scratch.path(), {"replay", run, "--cell", "1", "--index", "17"}).out, replayed.out);
}

// The disk fills at other places of a transaction, or while the log is taken over.
TEST(Disk, FullAtAnyMomentLosesNothing) {
  const ScratchFolder scratch;
  write_large(scratch.path());
  ASSERT_EQ(run_gnc(scratch.path(), into(kLargeRun, "whole")).code, 0);
  const auto expected = run_numbers(scratch.path() / "whole");
  int failed = 0;
  for (const char* size : {"300k", "1000k", "1412k", "3m", "5m", "7m"}) {
    SCOPED_TRACE(size);
    PrivateMount mount(scratch.path() / size, size);
    if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
    const std::filesystem::path run = scratch.path() / size / "run";
    const GncEnd end = run_gnc(scratch.path(), into(kLargeRun, run.string()));
    if (end.code != 0) {
      ++failed;
      expect_disk_failure(end, run.string());
    }
    mount.resize("100m");
    const GncEnd resumed = run_gnc(scratch.path(), {"run", "--resume", "--out", run.string()});
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    expect_same_numbers(run_numbers(run), expected);
  }
  EXPECT_GE(failed, 3);
}

// Either there is room for a whole run, or there is none of it and the folder can be used again.
TEST(Disk, FullAtAnyMomentOfAMerge) {
  const ScratchFolder scratch;
  write_large(scratch.path());
  ASSERT_EQ(run_gnc(scratch.path(), into(kLargeRun, "whole")).code, 0);
  const auto expected = run_numbers(scratch.path() / "whole");
  for (const std::string shard : {"1", "2"}) {
    std::vector<std::string> words = into(kLargeRun, "shard-" + shard);
    words.insert(words.end(), {"--shard", shard + "/2"});
    ASSERT_EQ(run_gnc(scratch.path(), words).code, 0);
  }
  const auto whole_size = std::filesystem::file_size(scratch.path() / "whole" / "run.sqlite");
  int failed = 0;
  for (const int percent : {1, 30, 60, 95, 102, 120, 150, 180, 250}) {
    SCOPED_TRACE(percent);
    const std::filesystem::path disk = scratch.path() / std::to_string(percent);
    PrivateMount mount(disk, std::to_string(percent * whole_size / 100));
    if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
    const std::filesystem::path run = disk / "run";
    const std::vector<std::string> merge = {"merge", run.string(), "shard-1", "shard-2"};
    const GncEnd end = run_gnc(scratch.path(), merge);
    if (end.code != 0) expect_disk_failure(end, run.string());
    mount.resize("100m");
    if (!std::filesystem::exists(run / "run.sqlite")) {
      ++failed;
      EXPECT_EQ(end.code, 1) << end.err;
      EXPECT_EQ(std::filesystem::exists(run / "run.sqlite.new"), false);
      const GncEnd again = run_gnc(scratch.path(), merge);
      ASSERT_EQ(again.code, 0) << again.err;
    }
    expect_same_numbers(run_numbers(run), expected);
  }
  EXPECT_GE(failed, 4);
  EXPECT_LE(failed, 7);
}

// What was in the log at the kill can be read without writing, or the refusal says what is in the way.
TEST(Disk, AKilledRunOnAReadOnlyDisk) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", 500'000}, {"gd", false}});
  PrivateMount mount(scratch.path() / "disk", "50m");
  if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
  const std::filesystem::path run = scratch.path() / "disk" / "run";
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--chunk-size", "2000", "--out", run.string()};
  {
    GncProcess process(call);
    ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(run / "run.sqlite") && drawn_in(run) > 0; }));
    process.send(SIGKILL);
    ASSERT_EQ(process.wait().signal, SIGKILL);
  }
  mount.make_read_only();
  expect_disk_failure(run_gnc(scratch.path(), {"run", "--resume", "--out", run.string()}), run.string());
  expect_disk_failure(run_gnc(scratch.path(), {"report", run.string()}), run.string());
  const GncEnd shown = run_gnc(scratch.path(), {"show", run.string(), "--json"});
  mount.resize("50m");
  if (shown.code == 0) {
    EXPECT_EQ(shown.out, run_gnc(scratch.path(), {"show", run.string(), "--json"}).out);
  } else {
    expect_disk_failure(shown, (run / "run.sqlite").string());
  }
  const GncEnd resumed = run_gnc(scratch.path(), {"run", "--resume", "--out", run.string()});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  call.arguments.back() = "whole";
  ASSERT_EQ(run_gnc(call).code, 0);
  expect_same_numbers(run_numbers(run), run_numbers(scratch.path() / "whole"));
}

TEST(Disk, OutputThatCannotBeWrittenIsAFailure) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  for (const std::vector<std::string>& words : {std::vector<std::string>{"problem"},
                                                {"presets"},
                                                {"--help"},
                                                {"run", "--help"},
                                                {"run", "small.json", "--out", "run"},
                                                {"show", "run"},
                                                {"report", "run"},
                                                {"replay", "run", "--cell", "0", "--index", "1"}}) {
    SCOPED_TRACE(words.front());
    GncCall call;
    call.folder = scratch.path();
    call.arguments = words;
    call.output = "/dev/full";
    expect_disk_failure(run_gnc(call), "standard output");
  }
  expect_disk_failure(run_gnc(scratch.path(), {"problem", "--out", "/dev/full"}), "/dev/full");
  // The run was finished before its table could not be printed.
  const GncEnd shown = run_gnc(scratch.path(), {"show", "run", "--json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_EQ(nlohmann::json::parse(shown.out).at("finished"), true);
}

}  // namespace
}  // namespace gnc
