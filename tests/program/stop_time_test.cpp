#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

// Five seconds, more where the sanitizers make everything slow.
#ifdef GNC_PROGRAM_SANITIZED
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

/// A run, to be stopped while gnuplot, which is this shell script, draws its first figure.
class StopWhileDrawing : public testing::Test {
 protected:
  StopWhileDrawing() {
    write_small(scratch_.path(), {{"gd", false}, {"gnc_num_samples", 1000}});
    call_.folder = scratch_.path();
    call_.figures = true;
    call_.environment = {{"PATH", (scratch_.path() / "bin").string() + ":" + std::getenv("PATH")}};
    call_.arguments = {"run", "small.json", "--quiet", "--out", "run"};
  }

  /// How the run ends that is sent SIGTERM while the script runs. No half of a figure is left.
  GncEnd stopped(const std::string& script) {
    std::filesystem::create_directories(gnuplot().parent_path());
    // It draws in a folder of the run's.
    write_text(gnuplot(), "#!/bin/sh\n: > ../../drawing\n" + script + "\n");
    std::filesystem::permissions(gnuplot(), std::filesystem::perms::owner_all);
    GncProcess process(call_);
    EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(scratch_.path() / "drawing"); }));
    const Clock::time_point start = Clock::now();
    process.send(SIGTERM);
    wait_until(
        [&] { return process.ended() || Clock::now() - start > std::chrono::duration<double>(kLimit); });
    EXPECT_TRUE(process.ended());
    if (!process.ended()) process.send(SIGKILL);
    for (const auto& entry : std::filesystem::directory_iterator(scratch_.path() / "run")) {
      EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
    }
    return process.wait();
  }

  /// What such a run leaves can be gone on with.
  void stop(const std::string& script) {
    const GncEnd end = stopped(script);
    EXPECT_EQ(end.code, 3) << end.err;
    EXPECT_EQ(end.out, "");
    EXPECT_NE(end.err.find("gnc run --resume --out run\n"), std::string::npos) << end.err;
    EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "run" / "report.html"));

    std::filesystem::remove(gnuplot());
    const GncEnd resumed = run_gnc(scratch_.path(), {"run", "--resume", "--out", "run"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_TRUE(std::filesystem::exists(scratch_.path() / "run" / "report.html"));
  }

  std::filesystem::path gnuplot() const { return scratch_.path() / "bin" / "gnuplot"; }

  ScratchFolder scratch_;
  GncCall call_;
};

TEST_F(StopWhileDrawing, EndsWithTheFigure) { stop("sleep 1; touch figure.pdf figure.png figure.svg"); }

TEST_F(StopWhileDrawing, GivesUpAFigureThatTakesLong) { stop("exec sleep 30"); }

TEST_F(StopWhileDrawing, EndsWhereTheSignalEndsGnuplotToo) { stop("kill -INT $PPID; kill -INT $$"); }

TEST_F(StopWhileDrawing, OfAReportNothingIsLeft) {
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "small.json", "--quiet", "--out", "run"}).code, 0);
  for (const char* gnuplot : {"sleep 1; touch figure.pdf figure.png figure.svg", "exec sleep 30"}) {
    call_.arguments = {"report", "run"};
    const GncEnd end = stopped(gnuplot);
    EXPECT_EQ(end.code, 3) << end.err;
    EXPECT_NE(end.err.find("gnc report run\n"), std::string::npos) << end.err;
    std::filesystem::remove(scratch_.path() / "drawing");
  }
}

// Nothing is saved yet: the pilots of estimator auto are under way.
TEST(StopInPilots, SaysToGiveTheSameCommandAgain) {
  const ScratchFolder scratch;
  nlohmann::ordered_json widths = nlohmann::ordered_json::array();
  for (int width = 100; width < 300; ++width) widths.push_back(width);
  write_small(scratch.path(), {{"estimator", "auto"},
                               {"gd", false},
                               {"gnc_num_samples", 100'000'000},
                               {"gnc_eps_train", 1e-9},
                               {"widths", widths},
                               {"num_seeds", 20}});
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--threads", "2", "--out", "run"};
  GncProcess process(call);
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(scratch.path() / "run"); }));
  const Clock::time_point start = Clock::now();
  process.send(SIGTERM);
  wait_until([&] { return process.ended() || Clock::now() - start > std::chrono::duration<double>(kLimit); });
  ASSERT_TRUE(process.ended());
  const GncEnd end = process.wait();
  EXPECT_EQ(end.code, 3) << end.err;
  EXPECT_NE(end.err.find("give the same command again\n"), std::string::npos) << end.err;
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "run"));
}

}  // namespace
}  // namespace gnc
