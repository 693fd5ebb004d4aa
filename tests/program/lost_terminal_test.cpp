#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

GncCall call_in(const ScratchFolder& scratch, std::vector<std::string> words) {
  GncCall call;
  call.folder = scratch.path();
  call.arguments = std::move(words);
  return call;
}

TEST(LostTerminal, ARunGoesOnWithoutAReaderOfItsProgress) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  GncCall call = call_in(scratch, {"run", "small.json", "--out", "run"});
  call.errors_unread = true;
  const GncEnd end = run_gnc(call);
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.code, 0);
  EXPECT_NE(end.out.find("run/cells.csv\n"), std::string::npos) << end.out;
}

TEST(LostTerminal, ARunWithoutAnyReaderHasSavedItsReport) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  GncCall call = call_in(scratch, {"run", "small.json", "--out", "run"});
  call.output_unread = true;
  call.errors_unread = true;
  const GncEnd end = run_gnc(call);
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.code, 1);
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "run" / "report.html"));
}

TEST(LostTerminal, OutputThatNobodyReadsEndsACommandWithoutAWord) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", 1'000}});
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "run"}).code, 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"presets"},
        {"--help"},
        {"show", "run"},
        {"show", "run", "--watch"},
        {"report", "run"},
        {"bench", "--seconds", "0.01", "--widths", "5", "--threads", "1"}}) {
    SCOPED_TRACE(words.front());
    GncCall call = call_in(scratch, words);
    call.output_unread = true;
    const GncEnd end = run_gnc(call);
    EXPECT_EQ(end.signal, 0);
    EXPECT_EQ(end.code, 1);
    EXPECT_EQ(end.err.find("standard output"), std::string::npos) << end.err;
  }
}

TEST(LostTerminal, AHangupThatNohupIgnoresEndsNothing) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", 2'000'000}, {"gd", false}});
  const GncCall call =
      call_in(scratch, {"run", "small.json", "--chunk-size", "20000", "--threads", "1", "--out", "run"});
  const auto before = std::signal(SIGHUP, SIG_IGN);
  GncProcess process(call);
  std::signal(SIGHUP, before);
  const std::filesystem::path run = scratch.path() / "run";
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(run / "run.sqlite") && drawn_in(run) > 0; }));
  EXPECT_FALSE(process.ended());
  process.send(SIGHUP);
  const GncEnd end = process.wait();
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.code, 0) << end.err;
}

}  // namespace
}  // namespace gnc
