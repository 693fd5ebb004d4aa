#include <gtest/gtest.h>

#include <string>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

#ifdef GNC_PROGRAM_SANITIZED
constexpr std::uint64_t kDraws = 500'000;
#else
constexpr std::uint64_t kDraws = 8'000'000;
#endif

TEST(TwoProcesses, TheSecondIsRefusedAndTheFirstUnharmed) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", kDraws}, {"gd_epochs", 100}});
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--chunk-size", "20000", "--threads", "2", "--out", "run"};
  GncProcess first(call);
  const std::filesystem::path run = scratch.path() / "run";
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(run / "run.sqlite") && drawn_in(run) > 0; }));
  int refused = 0;
  while (!first.ended()) {
    const GncEnd resumed = run_gnc(scratch.path(), {"run", "--resume", "--out", "run"});
    const GncEnd again = run_gnc(scratch.path(), {"run", "small.json", "--out", "run"});
    if (first.ended()) break;
    ++refused;
    EXPECT_EQ(resumed.code, 2);
    EXPECT_EQ(resumed.err, "gnc: run: another gnc process is running in this folder\n");
    EXPECT_EQ(again.code, 2);
    EXPECT_EQ(count_lines(again.err), 1u) << again.err;
    EXPECT_EQ(run_gnc(scratch.path(), {"show", "run"}).code, 0);
  }
  EXPECT_GT(refused, 0);
  const GncEnd end = first.wait();
  ASSERT_EQ(end.code, 0) << end.err;
  call.arguments.back() = "alone";
  ASSERT_EQ(run_gnc(call).code, 0);
  expect_same_numbers(run_numbers(run), run_numbers(scratch.path() / "alone"));
  EXPECT_EQ(cells_without_times(run), cells_without_times(scratch.path() / "alone"));
}

}  // namespace
}  // namespace gnc
