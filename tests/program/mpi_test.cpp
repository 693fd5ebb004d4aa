#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/private_mount.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

#ifdef GNC_MPIRUN
constexpr const char* kMpirun = GNC_MPIRUN;
#else
constexpr const char* kMpirun = "";
#endif

/// mpirun gnc with as many ranks, whatever cores the machine has and whoever runs the tests.
GncCall mpirun(const std::filesystem::path& folder, int ranks, const std::vector<std::string>& arguments) {
  GncCall call;
  call.program = kMpirun;
  call.folder = folder;
  call.arguments = {"-np", std::to_string(ranks), GNC_PROGRAM};
  call.arguments.insert(call.arguments.end(), arguments.begin(), arguments.end());
  call.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                      {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                      {"OMPI_MCA_plm", "isolated"},
                      {"OMPI_MCA_rmaps_base_oversubscribe", "1"},
                      {"OMPI_MCA_hwloc_base_binding_policy", "none"},
                      // The same for Open MPI from version 5.
                      {"PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"},
                      {"PRTE_MCA_hwloc_default_binding_policy", "none"}};
  return call;
}

/// Process of a rank that `mpirun` started; 0 where there is none.
pid_t process_of_rank(pid_t mpirun, int rank) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    std::getline(stat, line);
    const auto after_name = line.rfind(')');
    if (after_name == std::string::npos) continue;
    std::istringstream fields(line.substr(after_name + 1));
    std::string state;
    pid_t parent = 0;
    fields >> state >> parent;
    if (parent != mpirun || state == "Z") continue;
    std::ifstream environment(entry.path() / "environ", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(environment), std::istreambuf_iterator<char>()};
    const std::string wanted = "OMPI_COMM_WORLD_RANK=" + std::to_string(rank) + '\0';
    if (text.find(wanted) != std::string::npos) return static_cast<pid_t>(std::stol(name));
  }
  return 0;
}

class Mpi : public testing::Test {
 protected:
  void SetUp() override {
    if (*kMpirun == 0) GTEST_SKIP() << "built without MPI";
  }
  ScratchFolder scratch_;
};

struct Distributed {
  const char* name;
  nlohmann::ordered_json changes;  ///< of the small experiment
};

class MpiRuns : public Mpi, public testing::WithParamInterface<Distributed> {};

TEST_P(MpiRuns, AnyNumberOfRanksGivesTheNumbersOfOneProcess) {
  write_small(scratch_.path(), GetParam().changes);
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "plain"}).code, 0);
  for (const int ranks : {1, 2, 3}) {
    SCOPED_TRACE(std::to_string(ranks) + " ranks");
    const std::string out = "mpi-" + std::to_string(ranks);
    const GncEnd end =
        run_gnc(mpirun(scratch_.path(), ranks,
                       {"run", "small.json", "--threads", "2", "--chunk-size", "700", "--out", out}));
    ASSERT_EQ(end.code, 0) << end.err;
    EXPECT_EQ(end.err.find(std::to_string(ranks) + " ranks") != std::string::npos, ranks > 1) << end.err;
    expect_same_numbers(run_numbers(scratch_.path() / out), run_numbers(scratch_.path() / "plain"));
    EXPECT_EQ(cells_without_times(scratch_.path() / out), cells_without_times(scratch_.path() / "plain"));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, MpiRuns,
                         testing::Values(Distributed{"Reject", {{"gnc_num_samples", 60'000}}},
                                         Distributed{"Conditional",
                                                     {{"estimator", "conditional"},
                                                      {"gnc_num_samples", 3000},
                                                      {"max_stored", 40}}},
                                         Distributed{"Splitting",
                                                     {{"estimator", "splitting"},
                                                      {"splitting_particles", 200},
                                                      {"splitting_sweeps", 3},
                                                      {"splitting_populations", 5}}}),
                         [](const auto& of) { return std::string(of.param.name); });

/// Each rank with what a shell script makes of its command line: `case` lists for the rank's number.
GncCall mpirun_each(const std::filesystem::path& folder, int ranks, const std::string& cases,
                    const std::vector<std::string>& arguments) {
  write_text(folder / "rank.sh", "case $OMPI_COMM_WORLD_RANK in\n" + cases + "\nesac\nexec \"$@\"\n");
  GncCall call = mpirun(folder, ranks, arguments);
  call.arguments.insert(call.arguments.begin() + 2, {"/bin/sh", "rank.sh"});
  return call;
}

/// This exit code and one line of the program's own, with these words.
void expect_one_message(const GncEnd& end, int code, const std::string& words) {
  EXPECT_EQ(end.code, code) << end.err;
  const auto at = end.err.find("gnc: ");
  ASSERT_NE(at, std::string::npos) << end.err;
  EXPECT_NE(end.err.substr(at, end.err.find('\n', at) - at).find(words), std::string::npos) << end.err;
  EXPECT_EQ(end.err.find("gnc: ", at + 1), std::string::npos) << end.err;
}

// Whichever rank comes first to what is wrong: mpirun ends all with the first that ends.
TEST_F(Mpi, OneMessageForAllRanks) {
  write_small(scratch_.path());
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"run", "small.json", "--out", "run", "--eps-train", "-1"}, "--eps-train"},
      {{"run", "small.json", "--out", "run", "--shard", "3/2"}, "--shard"},
      {{"run", "absent.json", "--out", "run"}, "absent.json"},
      {{"rum"}, "rum"}};
  for (const auto& [arguments, words] : wrong) {
    for (const int late : {0, 2}) {
      SCOPED_TRACE(words + ", rank " + std::to_string(late) + " late");
      const std::string cases = std::to_string(late) + ") sleep 0.5;;";
      GncCall call = mpirun_each(scratch_.path(), 3, cases, arguments);
      expect_one_message(run_gnc(call), 2, words);
    }
  }
}

TEST_F(Mpi, WhatOneRankAloneIsGivenIsNamedWithIt) {
  write_small(scratch_.path());
  const GncCall call =
      mpirun_each(scratch_.path(), 3, "2) exec \"$@\" --eps-train -1;;", {"run", "small.json", "--quiet"});
  expect_one_message(run_gnc(call), 2, "rank 2: option --eps-train");
}

// Rank 0 and others are killed in turn; the run goes on with any number of ranks.
TEST_F(Mpi, AKilledRankLosesNothingThatWasFinished) {
  write_small(scratch_.path(), {{"gnc_num_samples", 6'000'000}, {"chunk_size", 2000}});
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  const std::filesystem::path run = scratch_.path() / "run";
  const std::uint64_t all = drawn_in(scratch_.path() / "whole");
  std::mt19937 random(3);
  std::uint64_t drawn_before = 0;
  int kills = 0;
  int latest = 500;  // ms after its start at which a rank is killed; later where nothing is drawn by then
  const auto arguments = [&]() -> std::vector<std::string> {
    if (std::filesystem::exists(run / "run.sqlite"))
      return {"run", "--resume", "--quiet", "--out", "run", "--threads", "1"};
    return {"run", "small.json", "--quiet", "--out", "run", "--threads", "1"};
  };
  for (int moment = 0; moment < 20; ++moment) {
    if (moment > 2 && drawn_before == 0) latest = std::min(2 * latest, 16'000);
    const int ranks = 2 + moment % 2;
    GncProcess process(mpirun(scratch_.path(), ranks, arguments()));
    const int victim = moment % ranks;
    pid_t id = 0;
    ASSERT_TRUE(
        wait_until([&] { return (id = process_of_rank(process.id(), victim)) != 0 || process.ended(); }));
    const auto kill_at = std::chrono::steady_clock::now() +
                         std::chrono::milliseconds(std::uniform_int_distribution<int>(0, latest)(random));
    // Sooner where, as MPI takes long to start, nothing would be left for the later kills.
    const std::uint64_t enough = all * static_cast<std::uint64_t>(moment + 1) / 21;
    while (std::chrono::steady_clock::now() < kill_at &&
           !(std::filesystem::exists(run / "run.sqlite") && drawn_in(run) >= enough)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (id != 0 && !process.ended() && ::kill(id, SIGKILL) == 0) ++kills;
    // mpirun ends the others. Where a rank dies while it is being started, mpirun itself may then wait for
    // ever; no rank may.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    wait_until([&] { return process.ended() || std::chrono::steady_clock::now() > patience; });
    for (int rank = 0; rank < ranks; ++rank) {
      ASSERT_TRUE(wait_until([&] { return process_of_rank(process.id(), rank) == 0; })) << "rank " << rank;
    }
    if (!process.ended()) process.send(SIGKILL);
    process.wait();
    if (!std::filesystem::exists(run / "run.sqlite")) continue;
    const std::uint64_t drawn = drawn_in(run);
    EXPECT_GE(drawn, drawn_before);
    drawn_before = drawn;
  }
  EXPECT_EQ(kills, 20);
  EXPECT_GT(drawn_before, 0u);
  GncEnd last;
  ASSERT_TRUE(wait_until([&] {
    last = run_gnc(mpirun(scratch_.path(), 3, arguments()));
    return last.err.find("another gnc process") == std::string::npos;
  }));
  ASSERT_EQ(last.code, 0) << last.err;
  expect_same_numbers(run_numbers(run), run_numbers(scratch_.path() / "whole"));
  EXPECT_EQ(cells_without_times(run), cells_without_times(scratch_.path() / "whole"));
}

TEST_F(Mpi, ATerminatedRankStopsTheRunWhichOneProcessFinishes) {
  write_small(scratch_.path(), {{"gnc_num_samples", 2'000'000}, {"chunk_size", 2000}});
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "whole"}).code, 0);
  const std::filesystem::path run = scratch_.path() / "run";
  for (const int victim : {0, 2}) {
    SCOPED_TRACE("rank " + std::to_string(victim));
    std::vector<std::string> arguments = {"run", "--resume", "--out", "run", "--threads", "1"};
    if (victim == 0) arguments = {"run", "small.json", "--out", "run", "--threads", "1"};
    GncProcess process(mpirun(scratch_.path(), 3, arguments));
    pid_t id = 0;
    ASSERT_TRUE(wait_until([&] { return (id = process_of_rank(process.id(), victim)) != 0; }));
    const std::uint64_t before = victim == 0 ? 0 : drawn_in(run);
    ASSERT_TRUE(
        wait_until([&] { return std::filesystem::exists(run / "run.sqlite") && drawn_in(run) > before; }));
    ASSERT_EQ(::kill(id, victim == 0 ? SIGTERM : SIGHUP), 0);
    const GncEnd end = process.wait();
    EXPECT_EQ(end.code, 3) << end.err;
    EXPECT_NE(end.err.find("gnc run --resume --out run"), std::string::npos) << end.err;
    EXPECT_LT(drawn_in(run), 4u * 2'000'000u);
  }
  const GncEnd last = run_gnc(scratch_.path(), {"run", "--resume", "--quiet", "--out", "run"});
  ASSERT_EQ(last.code, 0) << last.err;
  expect_same_numbers(run_numbers(run), run_numbers(scratch_.path() / "whole"));
}

/// Lets mpirun end, for a minute; kills its ranks and it where it does not.
GncEnd end_of(GncProcess& process, int ranks) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  wait_until([&] { return process.ended() || std::chrono::steady_clock::now() > patience; });
  if (!process.ended()) {
    ADD_FAILURE() << "the ranks do not end";
    for (int rank = 0; rank < ranks; ++rank) {
      if (const pid_t id = process_of_rank(process.id(), rank)) ::kill(id, SIGKILL);
    }
    process.send(SIGKILL);
  }
  return process.wait();
}

/// Chunks of a quarter of a megabyte, which no MPI sends before the other side takes them.
void write_large_chunks(const std::filesystem::path& folder) {
  write_small(folder, {{"max_stored", 1'000'000},
                       {"gnc_eps_train", 1e6},
                       {"gnc_num_samples", 4'000'000},
                       {"chunk_size", 4000},
                       {"gd", false}});
}

TEST_F(Mpi, AFullDiskEndsAllRanks) {
  write_large_chunks(scratch_.path());
  for (const char* size : {"2m", "5m"}) {
    SCOPED_TRACE(size);
    PrivateMount mount(scratch_.path() / size, size);
    if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
    const std::filesystem::path run = scratch_.path() / size / "run";
    GncProcess process(mpirun(scratch_.path(), 3,
                              {"run", "small.json", "--threads", "1", "--quiet", "--out", run.string()}));
    expect_one_message(end_of(process, 3), 1, (run / "run.sqlite").string());
    mount.resize("100m");
    EXPECT_GT(drawn_in(run), 0u);
  }
}

// One rank has no room for its threads, while others have results on their way.
TEST_F(Mpi, ARankThatFailsEndsAllRanks) {
#ifdef GNC_PROGRAM_SANITIZED
  GTEST_SKIP() << "the sanitizer takes more addresses than the limit leaves";
#endif
  write_large_chunks(scratch_.path());
  GncProcess process(mpirun_each(
      scratch_.path(), 3, "2) ulimit -v 4000000; exec \"$@\" --threads 1000;;\n*) exec \"$@\" --threads 1;;",
      {"run", "small.json", "--quiet", "--out", "run"}));
  expect_one_message(end_of(process, 3), 1, "rank 2: cannot start a thread");
}

}  // namespace
}  // namespace gnc
