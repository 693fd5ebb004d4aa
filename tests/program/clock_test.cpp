#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

const std::map<std::string, std::string> kJumping = {{"LD_PRELOAD", GNC_JUMPING_CLOCK}};

/// A wall clock that jumps by hours from one reading to the next.
class JumpingClock : public testing::Test {
 protected:
  void SetUp() override {
#ifdef GNC_PROGRAM_SANITIZED
    GTEST_SKIP() << "the address sanitizer must be the first library of a program";
#endif
  }

  GncCall jumping(std::vector<std::string> words) const {
    GncCall call;
    call.folder = scratch_.path();
    call.arguments = std::move(words);
    call.environment = kJumping;
    return call;
  }

  ScratchFolder scratch_;
};

TEST_F(JumpingClock, Jumps) {
  const std::string command = std::string("LD_PRELOAD='") + GNC_JUMPING_CLOCK + "' date +%s";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 64> line{};
  ASSERT_NE(std::fgets(line.data(), static_cast<int>(line.size()), pipe), nullptr);
  ASSERT_EQ(::pclose(pipe), 0);
  EXPECT_GT(std::abs(std::strtoll(line.data(), nullptr, 10) - std::time(nullptr)), 3'000) << line.data();
}

TEST_F(JumpingClock, ChangesNoNumber) {
  for (const char* estimator : {"reject", "splitting"}) {
    SCOPED_TRACE(estimator);
    write_small(scratch_.path(), {{"estimator", estimator},
                                  {"splitting_particles", 400},
                                  {"splitting_sweeps", 3},
                                  {"splitting_populations", 4}});
    const std::vector<std::string> words = {"run", "small.json", "--threads", "2", "--chunk-size", "1024"};
    const auto into = [&](const std::string& folder) {
      std::vector<std::string> all = words;
      all.insert(all.end(), {"--out", folder + estimator});
      return all;
    };
    const GncEnd steady = run_gnc(scratch_.path(), into("steady"));
    ASSERT_EQ(steady.code, 0) << steady.err;
    const GncEnd jumped = run_gnc(jumping(into("jumped")));
    ASSERT_EQ(jumped.code, 0) << jumped.err;
    EXPECT_EQ(jumped.err.find("preload"), std::string::npos) << jumped.err;
    const std::filesystem::path expected = scratch_.path() / (std::string("steady") + estimator);
    const std::filesystem::path run = scratch_.path() / (std::string("jumped") + estimator);
    expect_same_numbers(run_numbers(run), run_numbers(expected));
    EXPECT_EQ(cells_without_times(run), cells_without_times(expected));
    EXPECT_EQ(read_text(run / "results.csv"), read_text(expected / "results.csv"));
    for (const auto& row : read_csv(read_text(run / "cells.csv"))) {
      for (const char* column : {"gnc_seconds", "gd_seconds"}) {
        if (row.at(column).empty()) continue;
        EXPECT_GE(std::stod(row.at(column)), 0.0) << column;
        EXPECT_LT(std::stod(row.at(column)), 120.0) << column;
      }
    }
  }
}

// Two signals within two seconds are one request, however far apart the wall clock has them.
TEST_F(JumpingClock, SecondSignalIsTimedByAClockThatDoesNot) {
  write_small(scratch_.path(), {{"gnc_num_samples", 1'000'000'000'000}, {"gd", false}});
  GncProcess process(
      jumping({"run", "small.json", "--out", "run", "--threads", "2", "--chunk-size", "1e9", "--quiet"}));
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(scratch_.path() / "run" / "run.sqlite"); }));
  std::this_thread::sleep_for(milliseconds(500));
  const Clock::time_point first = Clock::now();
  process.send(SIGINT);
  std::this_thread::sleep_for(milliseconds(150));
  process.send(SIGINT);
  const Clock::time_point second = Clock::now();
  std::this_thread::sleep_for(milliseconds(500));
  if (second - first < milliseconds(1'800) && process.ended()) {
    EXPECT_EQ(process.wait().code, 3);
    return;
  }
  std::this_thread::sleep_until(first + milliseconds(2'200));
  process.send(SIGINT);
  EXPECT_TRUE(wait_until([&] { return process.ended(); }));
  EXPECT_LT(Clock::now() - first, milliseconds(3'700));
  const GncEnd end = process.wait();
  EXPECT_TRUE(end.signal == SIGINT || end.code == 3) << end.code;
}

}  // namespace
}  // namespace gnc
