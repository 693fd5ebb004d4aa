#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

// Five seconds, more where the sanitizers make everything slow.
#if defined(__SANITIZE_ADDRESS__)
constexpr double kLimit = 20.0;
#else
constexpr double kLimit = 5.0;
#endif

/// Work that would go on for a minute or more before the run could save it.
struct LongWork {
  const char* name;
  nlohmann::ordered_json changes;  ///< of the small experiment
};

class StopTime : public testing::TestWithParam<LongWork> {};

TEST_P(StopTime, ATerminatedRunHasSavedAndEndedWithinFiveSeconds) {
  const ScratchFolder scratch;
  nlohmann::ordered_json changes = GetParam().changes;
  changes["gd"] = false;
  write_small(scratch.path(), changes);
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--threads", "2", "--out", "run"};
  GncProcess process(call);
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(scratch.path() / "run" / "run.sqlite"); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  ASSERT_FALSE(process.ended()) << process.wait().err;
  const Clock::time_point start = Clock::now();
  process.send(SIGTERM);
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  wait_until([&] { return process.ended() || seconds() > kLimit; });
  if (!process.ended()) {
    process.send(SIGKILL);
    FAIL() << "still running " << seconds() << " seconds after SIGTERM";
  }
  const GncEnd end = process.wait();
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.code, 3) << end.err;
  EXPECT_NE(end.err.find("gnc run --resume --out run\n"), std::string::npos) << end.err;
  const GncEnd shown = run_gnc(scratch.path(), {"show", "run", "--json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_EQ(nlohmann::json::parse(shown.out).at("finished"), false);
  // What goes on is stopped in the same way.
  call.arguments = {"run", "--resume", "--out", "run"};
  GncProcess resumed(call);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  EXPECT_FALSE(resumed.ended());
  resumed.send(SIGKILL);
}

INSTANTIATE_TEST_SUITE_P(
    Each, StopTime,
    testing::Values(LongWork{"Chunk", {{"gnc_num_samples", 100'000'000'000}, {"chunk_size", 1'000'000'000}}},
                    LongWork{"Conditional",
                             {{"estimator", "conditional"},
                              {"gnc_num_samples", 100'000'000'000},
                              {"chunk_size", 1'000'000'000}}},
                    LongWork{"Level",
                             {{"estimator", "splitting"},
                              {"gnc_eps_train", {0.1, 1e-4}},
                              {"widths", {40}},
                              {"splitting_particles", 50'000},
                              {"splitting_sweeps", 500},
                              {"splitting_populations", 4}}}),
    [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace gnc
