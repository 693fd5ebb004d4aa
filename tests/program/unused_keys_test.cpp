#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// What the small experiment does not use, or what changes none of its results.
const nlohmann::ordered_json kNoEffect = {
    {"gnc_batch_sizes", {7, 8}}, {"gd_log_period", 7},        {"gd_verbose", true}, {"negative_slope", 0.5},
    {"gnc_softening", 0.1},      {"splitting_particles", 77}, {"chunk_size", 1234}};

class KeysWithoutEffect : public testing::Test {
 protected:
  KeysWithoutEffect() {
    write_small(scratch_.path());
    expect_done({"run", "small.json", "--quiet", "--out", "whole"});
  }

  void expect_done(const std::vector<std::string>& arguments) const {
    const GncEnd end = run_gnc(scratch_.path(), arguments);
    EXPECT_EQ(end.code, 0) << end.err;
  }

  /// That the folder holds the numbers of the whole run, and the config of small.json as it was first.
  void expect_whole(const std::string& folder) const {
    expect_same_numbers(run_numbers(scratch_.path() / folder), run_numbers(scratch_.path() / "whole"));
    const auto config = [&](const std::string& of) {
      auto json = nlohmann::json::parse(run_gnc(scratch_.path(), {"show", of, "--json"}).out)["config"];
      json.erase("name");
      return json;
    };
    EXPECT_EQ(config(folder), config("whole"));
  }

  ScratchFolder scratch_;
};

TEST_F(KeysWithoutEffect, ShardsThatDifferInThemAreMerged) {
  expect_done({"run", "small.json", "--quiet", "--shard", "1/2", "--out", "one"});
  write_small(scratch_.path(), kNoEffect);
  expect_done({"run", "small.json", "--quiet", "--shard", "2/2", "--out", "two"});
  expect_done({"merge", "merged", "one", "two"});
  expect_whole("merged");
}

TEST_F(KeysWithoutEffect, ARunIsResumedByAConfigThatDiffersInThem) {
  expect_done({"run", "small.json", "--num-samples", "10000", "--out", "run"});
  write_small(scratch_.path(), kNoEffect);
  expect_done({"run", "small.json", "--resume", "--num-samples", "20000", "--out", "run"});
  expect_whole("run");
}

}  // namespace
}  // namespace gnc
