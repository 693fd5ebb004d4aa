#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

namespace fs = std::filesystem;

/// A run that is under way until something happens to its folder, `run`.
class MovedRun : public testing::Test {
 protected:
  GncEnd end_after(const std::function<void()>& event) {
    write_small(folder(), {{"gnc_num_samples", 1'000'000'000'000}, {"gd_epochs", 10}});
    GncCall call;
    call.folder = folder();
    call.arguments = {"run", "small.json", "--chunk-size", "20000", "--threads", "2", "--out", "run"};
    GncProcess process(call);
    EXPECT_TRUE(wait_until([&] { return fs::exists(run() / "run.sqlite") && drawn_in(run()) > 0; }));
    event();
    const bool ended = wait_until([&] { return process.ended(); });
    EXPECT_TRUE(ended);
    if (!ended) process.send(9);
    return process.wait();
  }

  /// Another run in the folder's place, at its end.
  void run_another() {
    write_small(folder(), {{"gd_epochs", 10}, {"seed", 7}});
    const GncEnd end = run_gnc(folder(), {"run", "small.json", "--out", "run"});
    EXPECT_EQ(end.code, 0) << end.err;
  }

  static void expect_ledger_gone(const GncEnd& end) {
    EXPECT_EQ(end.code, 1) << end.err;
    EXPECT_NE(end.err.find("gnc: run/run.sqlite was removed or replaced while the run was going on"),
              std::string::npos)
        << end.err;
    EXPECT_EQ(end.out, "");
  }

  fs::path folder() const { return scratch_.path(); }
  fs::path run() const { return folder() / "run"; }

 private:
  const ScratchFolder scratch_;
};

TEST_F(MovedRun, EndsWhenItsFolderIsRemovedAndWritesNothingThere) {
  expect_ledger_gone(end_after([&] { fs::remove_all(run()); }));
  EXPECT_FALSE(fs::exists(run()));
}

TEST_F(MovedRun, EndsWhenItsLedgerIsRemoved) {
  expect_ledger_gone(end_after([&] { fs::remove(run() / "run.sqlite"); }));
  EXPECT_FALSE(fs::exists(run() / "run.sqlite"));
  EXPECT_FALSE(fs::exists(run() / "cells.csv"));
}

TEST_F(MovedRun, IsResumedWhereItWasMoved) {
  expect_ledger_gone(end_after([&] { fs::rename(run(), folder() / "moved"); }));
  EXPECT_FALSE(fs::exists(run()));
  const std::uint64_t drawn = drawn_in(folder() / "moved");
  EXPECT_GT(drawn, 0u);
  GncCall call;
  call.folder = folder();
  call.arguments = {"run", "--resume", "--out", "moved"};
  GncProcess resumed(call);
  EXPECT_TRUE(wait_until([&] { return resumed.ended() || drawn_in(folder() / "moved") > drawn; }));
  EXPECT_FALSE(resumed.ended());
}

TEST_F(MovedRun, LeavesTheRunAloneThatTookItsPlace) {
  std::map<std::string, std::string> before;
  expect_ledger_gone(end_after([&] {
    fs::rename(run(), folder() / "moved");
    run_another();
    before = files_below(run());
  }));
  EXPECT_TRUE(before.contains("cells.csv"));
  EXPECT_TRUE(files_below(run()) == before);
}

TEST_F(MovedRun, EndsSavedWhenItsLockIsRemoved) {
  const GncEnd end = end_after([&] { fs::remove(run() / "run.lock"); });
  EXPECT_EQ(end.code, 1);
  EXPECT_NE(end.err.find("gnc: run/run.lock was removed or replaced while the run was going on"),
            std::string::npos)
      << end.err;
  EXPECT_NE(end.err.find("\n  gnc run --resume --out run\n"), std::string::npos) << end.err;
  EXPECT_GT(drawn_in(run()), 0u);
  EXPECT_FALSE(fs::exists(run() / "cells.csv"));
}

TEST(LinkedLedger, IsDrawnForByOneProcessAtATime) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", 1'000'000'000'000}, {"gd_epochs", 10}});
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--chunk-size", "20000", "--out", "run"};
  GncProcess first(call);
  const fs::path run = scratch.path() / "run", other = scratch.path() / "other";
  ASSERT_TRUE(wait_until([&] { return fs::exists(run / "run.sqlite") && drawn_in(run) > 0; }));
  fs::create_directory(other);
  fs::create_symlink("../run/run.sqlite", other / "run.sqlite");
  const GncEnd second = run_gnc(scratch.path(), {"run", "--resume", "--out", "other"});
  EXPECT_EQ(second.code, 2);
  EXPECT_EQ(second.err,
            "gnc: other/run.sqlite: another gnc process draws for the ledger that this links to\n");
  fs::remove(other / "run.sqlite");
  fs::create_hard_link(run / "run.sqlite", other / "run.sqlite");
  const GncEnd third = run_gnc(scratch.path(), {"run", "--resume", "--out", "other"});
  EXPECT_EQ(third.code, 2);
  EXPECT_TRUE(third.err.starts_with("gnc: other/run.sqlite: has 2 names (hard links), expected one"))
      << third.err;
  EXPECT_EQ(run_gnc(scratch.path(), {"show", "run"}).code, 0);
  EXPECT_FALSE(first.ended());
}

}  // namespace
}  // namespace gnc
