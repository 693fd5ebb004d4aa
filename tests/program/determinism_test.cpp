#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <thread>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

// Draws a cell, particles of a population: some seconds of work, also where the sanitizers make it slow.
#ifdef GNC_PROGRAM_SANITIZED
constexpr std::uint64_t kDraws = 200'000;
constexpr std::int64_t kParticles = 1'000;
#else
constexpr std::uint64_t kDraws = 2'000'000;
constexpr std::int64_t kParticles = 12'000;
#endif

TEST(Determinism, ThreadsAndChunksChangeNoNumber) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  const GncEnd first = run_gnc(scratch.path(), {"run", "small.json", "--out", "first", "--threads", "1"});
  ASSERT_EQ(first.code, 0) << first.err;
  const auto expected = run_numbers(scratch.path() / "first");
  const CsvRows expected_rows = cells_without_times(scratch.path() / "first");
  ASSERT_EQ(expected.size(), 4u);
  ASSERT_EQ(expected_rows.size(), 8u);
  for (const CellNumbers& cell : expected) ASSERT_GT(cell.accepted[1].count, 0u);
  for (const char* threads : {"1", "2", "7"}) {
    for (const char* chunk_size : {"501", "1024", "100000"}) {
      const std::string out = std::string("t") + threads + "c" + chunk_size;
      SCOPED_TRACE(out);
      const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--out", out, "--threads", threads,
                                                  "--chunk-size", chunk_size});
      ASSERT_EQ(end.code, 0) << end.err;
      expect_same_numbers(run_numbers(scratch.path() / out), expected);
      EXPECT_EQ(cells_without_times(scratch.path() / out), expected_rows);
    }
  }
}

// Moments are drawn from a fixed seed, in units of what the run takes on this machine. They come later after
// a kill that came before any chunk was finished (a program under a sanitizer takes long to start), and
// earlier after one that did not, so that some kills fall on either side.
TEST(Determinism, KilledTwentyTimesAndResumedChangesNoNumber) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", kDraws}, {"gd_epochs", 3'000}});
  const std::vector<std::string> begin = {"run",          "small.json", "--threads", "2",
                                          "--chunk-size", "10007",      "--out"};
  const auto with = [](std::vector<std::string> words, const char* word) {
    words.emplace_back(word);
    return words;
  };
  const auto start = Clock::now();
  const GncEnd whole = run_gnc(scratch.path(), with(begin, "whole"));
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  ASSERT_EQ(whole.code, 0) << whole.err;

  const std::filesystem::path run = scratch.path() / "killed";
  const auto next = [&] {
    return std::filesystem::exists(run / "run.sqlite")
               ? std::vector<std::string>{"run", "--resume", "--threads", "2", "--out", "killed"}
               : with(begin, "killed");
  };
  std::mt19937_64 random(20);
  std::uniform_real_distribution<double> moment(0.0, 1.0);
  double latest = seconds / 30;
  int killed = 0;
  int with_progress = 0;
  std::uint64_t drawn_before = 0;
  while (killed < 20) {
    GncCall call;
    call.folder = scratch.path();
    call.arguments = next();
    GncProcess process(call);
    std::this_thread::sleep_for(std::chrono::duration<double>(latest * moment(random)));
    process.send(SIGKILL);
    const GncEnd end = process.wait();
    ASSERT_TRUE(end.signal == SIGKILL || end.code == 0) << end.code << end.err;
    const std::uint64_t drawn = std::filesystem::exists(run / "run.sqlite") ? drawn_in(run) : 0;
    if (end.signal != SIGKILL || drawn == 4 * kDraws) {
      // It was done before the kill: once more from the beginning.
      std::filesystem::remove_all(run);
      drawn_before = 0;
      latest *= 0.7;
      continue;
    }
    ++killed;
    EXPECT_GE(drawn, drawn_before);
    const bool progress = drawn > drawn_before;
    with_progress += progress ? 1 : 0;
    latest *= progress ? 0.7 : 1.4;
    drawn_before = drawn;
  }
  EXPECT_GT(with_progress, 0);
  const GncEnd last = run_gnc(scratch.path(), next());
  ASSERT_EQ(last.code, 0) << last.err;
  expect_same_numbers(run_numbers(run), run_numbers(scratch.path() / "whole"));
  EXPECT_EQ(cells_without_times(run), cells_without_times(scratch.path() / "whole"));
  EXPECT_EQ(read_text(run / "results.csv"), read_text(scratch.path() / "whole" / "results.csv"));
}

/// Populations of all cells that are kept unfinished.
int states_in(const std::filesystem::path& folder) {
  Ledger ledger = Ledger::open(folder, Database::Mode::ReadOnly);
  int states = 0;
  for (std::size_t cell = 0; cell < ledger.cells().size(); ++cell) {
    for (std::uint64_t population = 0; population < ledger.cells()[cell].plan.budget; ++population) {
      states += ledger.population_state(cell, population) ? 1 : 0;
    }
  }
  return states;
}

/// A signal, and the experiment in the middle of which it comes.
struct Interruption {
  const char* name;
  int signal;
  nlohmann::ordered_json changes;  ///< of the small experiment
};

class Signals : public testing::TestWithParam<Interruption> {};

TEST_P(Signals, SaveSayHowToGoOnAndChangeNoNumber) {
  const ScratchFolder scratch;
  write_small(scratch.path(), GetParam().changes);
  // Two workers end populations at about the same time, and may then have none in the making; three hardly.
  const std::vector<std::string> words = {"run", "small.json", "--threads", "3", "--chunk-size", "10007"};
  GncCall call;
  call.folder = scratch.path();
  call.arguments = words;
  call.arguments.insert(call.arguments.end(), {"--out", "stopped here"});
  const std::filesystem::path run = scratch.path() / "stopped here";
  GncEnd end;
  {
    GncProcess process(call);
    // Once a chunk is saved the run is well under way.
    ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(run / "run.sqlite") && drawn_in(run) > 0; }));
    process.send(GetParam().signal);
    end = process.wait();
  }
  ASSERT_EQ(end.code, 3) << end.err;
  EXPECT_EQ(end.out, "");
  EXPECT_FALSE(std::filesystem::exists(run / "cells.csv"));
  // The command of the last line, as the shell would take it.
  const std::string mark = "To go on:\n  gnc ";
  const auto at = end.err.find(mark);
  ASSERT_NE(at, std::string::npos) << end.err;
  EXPECT_EQ(end.err.substr(at + mark.size()), "run --resume --out 'stopped here'\n");

  // Populations in the making are kept, to be gone on with.
  if (GetParam().changes.value("estimator", "") == "splitting") {
    EXPECT_GT(states_in(run), 0);
  }
  const GncEnd shown = run_gnc(scratch.path(), {"show", "stopped here", "--json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_EQ(nlohmann::json::parse(shown.out).at("finished"), false);
  const GncEnd resumed = run_gnc(scratch.path(), {"run", "--resume", "--out", "stopped here"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  call.arguments = words;
  call.arguments.insert(call.arguments.end(), {"--out", "whole"});
  ASSERT_EQ(run_gnc(call).code, 0);
  expect_same_numbers(run_numbers(run), run_numbers(scratch.path() / "whole"));
  EXPECT_EQ(cells_without_times(run), cells_without_times(scratch.path() / "whole"));
  const bool curves = std::filesystem::exists(scratch.path() / "whole" / "curves.csv");
  EXPECT_EQ(std::filesystem::exists(run / "curves.csv"), curves);
  EXPECT_EQ(curves, GetParam().changes.contains("splitting_particles"));
  if (curves) {
    EXPECT_EQ(read_text(run / "curves.csv"), read_text(scratch.path() / "whole" / "curves.csv"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, Signals,
    testing::Values(Interruption{"SIGINT", SIGINT, {{"gnc_num_samples", kDraws}, {"gd_epochs", 1'000}}},
                    Interruption{"SIGTERM", SIGTERM, {{"gnc_num_samples", kDraws}, {"gd_epochs", 1'000}}},
                    Interruption{"SIGHUP", SIGHUP, {{"gnc_num_samples", kDraws}, {"gd_epochs", 1'000}}},
                    Interruption{"SIGINT_splitting",
                                 SIGINT,
                                 {{"estimator", "splitting"},
                                  {"gd", false},
                                  {"gnc_eps_train", {0.1, 1e-4}},
                                  {"splitting_particles", kParticles},
                                  {"splitting_sweeps", 3},
                                  {"splitting_populations", 4}}},
                    // Some cells are for conditional, one is for splitting.
                    Interruption{"SIGINT_auto",
                                 SIGINT,
                                 {{"estimator", "auto"},
                                  {"gd", false},
                                  {"widths", {2, 40}},
                                  {"gnc_eps_train", {0.1, 1e-3}},
                                  {"splitting_particles", kParticles},
                                  {"splitting_sweeps", 3},
                                  {"splitting_populations", 4}}}),
    [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace gnc
