#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "host/experiment/interrupt.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/merge_ledgers.hpp"
#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/resource_limit.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// What goes into a run that is split.
struct Split {
  const char* name;
  nlohmann::ordered_json changes;  ///< of the small experiment
};

class Shards : public testing::TestWithParam<Split> {
 protected:
  Shards() {
    write_small(scratch_.path(), GetParam().changes);
    EXPECT_EQ(gnc({"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  }

  GncEnd gnc(const std::vector<std::string>& arguments) const { return run_gnc(scratch_.path(), arguments); }

  /// Draws all shards of `n` and merges them, the last one first.
  void draw_and_merge(int n) const {
    std::vector<std::string> merge = {"merge", "merged-" + std::to_string(n)};
    for (int i = n; i >= 1; --i) {
      const std::string shard = std::to_string(i) + "/" + std::to_string(n);
      const std::string out = "shard-" + std::to_string(i) + "-of-" + std::to_string(n);
      const GncEnd end = gnc({"run", "small.json", "--quiet", "--shard", shard, "--out", out});
      ASSERT_EQ(end.code, 0) << end.err;
      merge.push_back(out);
    }
    const GncEnd end = gnc(merge);
    ASSERT_EQ(end.code, 0) << end.err;
  }

  ScratchFolder scratch_;
};

TEST_P(Shards, MergedAreOneRun) {
  const auto expected = run_numbers(scratch_.path() / "whole");
  for (const int n : {1, 2, 7}) {
    SCOPED_TRACE(std::to_string(n) + " shards");
    draw_and_merge(n);
    const std::filesystem::path merged = scratch_.path() / ("merged-" + std::to_string(n));
    expect_same_numbers(run_numbers(merged), expected);
    EXPECT_EQ(cells_without_times(merged), cells_without_times(scratch_.path() / "whole"));
    EXPECT_EQ(read_text(merged / "results.csv"), read_text(scratch_.path() / "whole" / "results.csv"));
    EXPECT_FALSE(std::filesystem::exists(merged / "run.sqlite.new"));
    const GncEnd shown = gnc({"show", merged.filename().string(), "--json"});
    EXPECT_EQ(nlohmann::json::parse(shown.out).at("finished"), true);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, Shards,
    testing::Values(Split{"Reject", nlohmann::ordered_json::object()},
                    Split{"FewDraws", {{"gnc_num_samples", 5}, {"max_stored", 2}}},
                    Split{"Conditional",
                          {{"estimator", "conditional"}, {"gnc_num_samples", 3000}, {"max_stored", 40}}},
                    Split{"Splitting",
                          {{"estimator", "splitting"},
                           {"splitting_particles", 100},
                           {"splitting_sweeps", 3},
                           {"splitting_populations", 5}}}),
    [](const auto& of) { return std::string(of.param.name); });

class Merging : public testing::Test {
 protected:
  Merging() {
    write_small(scratch_.path());
    shard("1/3", "one", {});
    shard("2/3", "two", {});
    shard("3/3", "three", {});
  }

  void shard(const std::string& which, const std::string& out, const std::vector<std::string>& more) const {
    std::vector<std::string> run = {"run", "small.json", "--quiet", "--shard", which, "--out", out};
    run.insert(run.end(), more.begin(), more.end());
    const GncEnd end = run_gnc(scratch_.path(), run);
    ASSERT_EQ(end.code, 0) << end.err;
  }

  /// That merging the folders ends with exit code 2 and one line with all of `named`, and makes nothing.
  void expect_refused(std::vector<std::string> folders, const std::vector<std::string>& named) const {
    folders.insert(folders.begin(), {"merge", "merged"});
    const GncEnd end = run_gnc(scratch_.path(), folders);
    EXPECT_EQ(end.code, 2) << end.err;
    for (const std::string& part : named)
      EXPECT_NE(end.err.find(part), std::string::npos) << part << '\n' << end.err;
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
    EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "merged"));
  }

  ScratchFolder scratch_;
};

TEST_F(Merging, RefusesOverlapsByName) {
  expect_refused({"one", "two", "three", "./two"}, {"two and ./two overlap", "one folder"});
  std::filesystem::copy(scratch_.path() / "two", scratch_.path() / "copy");
  expect_refused({"one", "two", "three", "copy"},
                 {"two (shard 2/3)", "copy (shard 2/3)", "overlap", "draws 6666 .. 13332", "width 4"});
  shard("2/2", "half", {});
  expect_refused({"one", "two", "half"},
                 {"two (shard 2/3)", "half (shard 2/2)", "overlap", "draws 10000 .. 13332"});
}

TEST_F(Merging, RefusesGapsByName) {
  expect_refused({"one", "three"}, {"shard 2/3 of the run is missing"});
  expect_refused({"two", "three"}, {"shard 1/3 of the run is missing"});
  expect_refused({"two"}, {"shards 1/3, 3/3 of the run are missing"});
  // Of different numbers of shards only the draws tell what is missing.
  shard("1/2", "half", {});
  expect_refused({"half", "three"}, {"draws 10000 .. 13332", "width 4", "none of the shards"});
}

TEST_F(Merging, TakesMoreShardsThanAProcessCanHaveOpen) {
  std::vector<std::string> merge = {"merge", "merged"};
  for (int i = 1; i <= 20; ++i) {
    merge.push_back("of-twenty-" + std::to_string(i));
    shard(std::to_string(i) + "/20", merge.back(), {});
  }
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  const ResourceLimit files(RLIMIT_NOFILE, 30);
  const GncEnd end = run_gnc(scratch_.path(), merge);
  ASSERT_EQ(end.code, 0) << end.err;
  expect_same_numbers(run_numbers(scratch_.path() / "merged"), run_numbers(scratch_.path() / "whole"));
}

TEST_F(Merging, RefusesShardsOfOtherRunsByName) {
  shard("3/3", "seed", {"--seed", "12"});
  expect_refused({"one", "two", "seed"}, {"one and seed", "\"seed\"", "11", "12"});
  shard("3/3", "tolerance", {"--eps-train", "0.1,0.03"});
  expect_refused({"one", "two", "tolerance"}, {"one and tolerance", "\"gnc_eps_train\"", "0.02", "0.03"});
}

TEST_F(Merging, RefusesAnotherArithmeticOrEngineByName) {
  RunPlan plan = Ledger::open(scratch_.path() / "three", Database::Mode::ReadOnly).plan();
  const std::string arithmetic = plan.arithmetic;
  plan.arithmetic = "another, revision 7";
  Ledger::create(scratch_.path() / "bits", plan);
  expect_refused({"one", "two", "bits"},
                 {"one and bits", "the arithmetic", '"' + arithmetic + '"', "\"another, revision 7\""});
  plan.engine = "cuda-fused";
  Ledger::create(scratch_.path() / "device", plan);
  expect_refused({"one", "two", "device"}, {"one and device", "the engine is cpu", "cuda-fused"});
}

TEST_F(Merging, RefusesDescentsLeftOut) {
  // The draws of 2/6 and 1/6 are those of 1/3, the descents are not: cell 3 is 4/6's.
  shard("1/6", "a", {});
  shard("2/6", "b", {});
  expect_refused({"a", "b", "two", "three"}, {"gradient descent", "expected one"});
}

TEST_F(Merging, RefusesUnfinishedShardsByName) {
  GncCall call;
  call.folder = scratch_.path();
  call.arguments = {"run",  "small.json",    "--quiet", "--shard",      "3/3", "--out",
                    "slow", "--num-samples", "1e12",    "--chunk-size", "5000"};
  GncProcess process(call);
  ASSERT_TRUE(wait_until([&] {
    return std::filesystem::exists(scratch_.path() / "slow" / "run.sqlite") &&
           drawn_in(scratch_.path() / "slow") > 0;
  }));
  process.send(SIGKILL);
  process.wait();
  expect_refused({"one", "slow"}, {"one and slow", "gnc_num_samples"});
  for (const char* which : {"1/3", "2/3"}) {
    call.arguments[4] = which;
    call.arguments[6] = std::string("slow-") + which[0];
    GncProcess other(call);
    ASSERT_TRUE(wait_until(
        [&] { return std::filesystem::exists(scratch_.path() / call.arguments[6] / "run.sqlite"); }));
    other.send(SIGKILL);
    other.wait();
  }
  expect_refused({"slow-1", "slow-2", "slow"},
                 {"slow-1: shard 1/3 is not finished", "gnc run --resume --out slow-1"});
}

TEST_F(Merging, TakesNoFolderThatHoldsARun) {
  const GncEnd end = run_gnc(scratch_.path(), {"merge", "one", "two", "three"});
  EXPECT_EQ(end.code, 2);
  EXPECT_EQ(
      end.err,
      "gnc: one already holds a run, expected a new folder for the merged run, then those of its shards\n");
}

TEST_F(Merging, TakesShardsFromFoldersInsideItsOwn) {
  const std::filesystem::path merged = scratch_.path() / "merged";
  std::filesystem::create_directory(merged);
  std::filesystem::rename(scratch_.path() / "two", merged / "merging");
  const GncEnd end = run_gnc(scratch_.path(), {"merge", "merged", "one", "merged/merging", "three"});
  ASSERT_EQ(end.code, 0) << end.err;
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  expect_same_numbers(run_numbers(merged), run_numbers(scratch_.path() / "whole"));
  EXPECT_EQ(run_gnc(scratch_.path(), {"show", "merged/merging"}).code, 0);
}

// Three shards are opened, then taken in, and then all is to be written.
TEST_F(Merging, InterruptedItMakesNothing) {
  const std::filesystem::path merged = scratch_.path() / "merged";
  const std::vector<std::filesystem::path> shards{scratch_.path() / "one", scratch_.path() / "two",
                                                  scratch_.path() / "three"};
  for (int moment = 0; moment < 7; ++moment) {
    int calls = 0;
    const auto interrupt = [&] {
      if (calls++ == moment) throw Interrupted();
    };
    EXPECT_THROW(merge_ledgers(merged, shards, interrupt), Interrupted) << moment;
    EXPECT_FALSE(std::filesystem::exists(merged)) << moment;
  }
  EXPECT_EQ(run_gnc(scratch_.path(), {"merge", "merged", "one", "two", "three"}).code, 0);
}

TEST_F(Merging, TakesNothingFromTheLogOfARunThatWasDeleted) {
  const std::filesystem::path merged = scratch_.path() / "merged";
  const RunPlan plan = Ledger::open(scratch_.path() / "one", Database::Mode::ReadOnly).plan();
  {
    Ledger deleted = Ledger::create(merged, plan);
    deleted.record_descent(0, {0.5, 0.5, 1.0});
    std::filesystem::copy_file(merged / "run.sqlite-wal", scratch_.path() / "log");
  }
  std::filesystem::remove(merged / "run.sqlite");
  std::filesystem::rename(scratch_.path() / "log", merged / "run.sqlite-wal");
  const GncEnd end = run_gnc(scratch_.path(), {"merge", "merged", "one", "two", "three"});
  ASSERT_EQ(end.code, 0) << end.err;
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  expect_same_numbers(run_numbers(merged), run_numbers(scratch_.path() / "whole"));
}

// The small experiment has 4 cells, each with a descent; shard 1/3 has those of the first and the last.
TEST_F(Merging, AShardSaysThatItIsOne) {
  const GncEnd shown = run_gnc(scratch_.path(), {"show", "one"});
  EXPECT_NE(shown.out.find("shard 1 of 3"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("Gradient descent of 2 of 4 cells belongs to other shards"), std::string::npos)
      << shown.out;
  EXPECT_NE(read_text(scratch_.path() / "one" / "report.html").find("shard 1 of 3"), std::string::npos);
  EXPECT_NE(read_text(scratch_.path() / "one" / "figure.gp").find("shard 1 of 3"), std::string::npos);
  const auto json = nlohmann::json::parse(run_gnc(scratch_.path(), {"show", "one", "--json"}).out);
  EXPECT_EQ(json.at("shard"), "1/3");
  ASSERT_EQ(run_gnc(scratch_.path(), {"merge", "merged", "one", "two", "three"}).code, 0);
  EXPECT_EQ(run_gnc(scratch_.path(), {"show", "merged"}).out.find("shard"), std::string::npos);
  const auto merged = nlohmann::json::parse(run_gnc(scratch_.path(), {"show", "merged", "--json"}).out);
  EXPECT_TRUE(merged.at("shard").is_null());
}

TEST_F(Merging, AShardGoesOnAsTheShardItIs) {
  const GncEnd end = run_gnc(scratch_.path(), {"run", "--resume", "--shard", "2/3", "--out", "one"});
  EXPECT_EQ(end.code, 2);
  EXPECT_NE(end.err.find("holds shard 1/3"), std::string::npos) << end.err;
  const GncEnd more = run_gnc(scratch_.path(), {"run", "--resume", "--num-samples", "1e6", "--out", "one"});
  EXPECT_EQ(more.code, 2);
  EXPECT_NE(more.err.find("shard 1/3 of a run cannot be given more draws"), std::string::npos) << more.err;
}

/// A run with a first budget, and the options that give it a larger one.
struct Extension {
  const char* name;
  nlohmann::ordered_json first;
  nlohmann::ordered_json larger;
  std::vector<std::string> options;
};

class MoreBudget : public testing::TestWithParam<Extension> {};

TEST_P(MoreBudget, AFinishedRunGoesOnToWhatOneRunWouldHaveDrawn) {
  const Extension& extension = GetParam();
  const ScratchFolder scratch;
  write_small(scratch.path(), extension.first);
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "run"}).code, 0);
  const std::uint64_t first = drawn_in(scratch.path() / "run");
  std::vector<std::string> resume = {"run", "--resume", "--out", "run", "--quiet"};
  resume.insert(resume.end(), extension.options.begin(), extension.options.end());
  const GncEnd end = run_gnc(scratch.path(), resume);
  ASSERT_EQ(end.code, 0) << end.err;
  EXPECT_GT(drawn_in(scratch.path() / "run"), first);

  write_small(scratch.path(), extension.larger);
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  expect_same_numbers(run_numbers(scratch.path() / "run"), run_numbers(scratch.path() / "whole"));
  EXPECT_EQ(cells_without_times(scratch.path() / "run"), cells_without_times(scratch.path() / "whole"));

  // The experiment may be named as well. Its budget, that of a preset for example, is not the run's.
  write_small(scratch.path(), extension.first);
  const GncEnd named = run_gnc(scratch.path(), {"run", "small.json", "--resume", "--quiet", "--out", "run"});
  EXPECT_EQ(named.code, 0) << named.err;
  EXPECT_NE(named.err.find("run keeps its " + extension.options.back()), std::string::npos) << named.err;
  EXPECT_EQ(cells_without_times(scratch.path() / "run"), cells_without_times(scratch.path() / "whole"));
  std::vector<std::string> less = {"run", "--resume", "--out", "run", extension.options.front(), "2"};
  const GncEnd end_of_less = run_gnc(scratch.path(), less);
  EXPECT_EQ(end_of_less.code, 2);
  EXPECT_NE(end_of_less.err.find("more, not less"), std::string::npos) << end_of_less.err;
}

INSTANTIATE_TEST_SUITE_P(
    Each, MoreBudget,
    testing::Values(
        // 150 draws are stored, of which some are of the first budget.
        Extension{"Reject",
                  {{"gnc_num_samples", 777}, {"chunk_size", 500}},
                  {{"gnc_num_samples", 9001}, {"chunk_size", 500}},
                  {"--num-samples", "9001"}},
        Extension{"Conditional",
                  {{"estimator", "conditional"}, {"gnc_num_samples", 100}, {"max_stored", 150}},
                  {{"estimator", "conditional"}, {"gnc_num_samples", 2500}, {"max_stored", 150}},
                  {"--num-samples", "2500"}},
        Extension{"Splitting",
                  {{"estimator", "splitting"},
                   {"splitting_particles", 100},
                   {"splitting_sweeps", 3},
                   {"splitting_populations", 2}},
                  {{"estimator", "splitting"},
                   {"splitting_particles", 100},
                   {"splitting_sweeps", 3},
                   {"splitting_populations", 5}},
                  {"--populations", "5"}}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(MoreHiddenDraws, ThanTheirSumsHoldAreRefused) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"estimator", "conditional"}, {"gnc_num_samples", 100}});
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "run"}).code, 0);
  const std::uint64_t drawn = drawn_in(scratch.path() / "run");
  const GncEnd end = run_gnc(scratch.path(), {"run", "--resume", "--out", "run", "--num-samples", "5e12"});
  EXPECT_EQ(end.code, 2);
  EXPECT_NE(end.err.find("option --num-samples: got 5000000000000 by estimator conditional, expected at most "
                         "4398046511104 hidden draws"),
            std::string::npos)
      << end.err;
  EXPECT_EQ(drawn_in(scratch.path() / "run"), drawn);
}

}  // namespace
}  // namespace gnc
