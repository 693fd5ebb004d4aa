#include <gtest/gtest.h>

#include <string>

#include "tests/program/gnc_process.hpp"
#include "tests/program/resource_limit.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

long peak_kib_of(const std::filesystem::path& folder, const std::string& num_samples) {
  GncCall call;
  call.folder = folder;
  call.arguments = {"run", "fig1-linear",   "--widths",  "5",       "--num-seeds",
                    "1",   "--eps-train",   "0.5",       "--no-gd", "--threads",
                    "2",   "--num-samples", num_samples, "--out",   num_samples};
  // An address sanitizer that keeps freed memory would be measured in its place.
  call.environment = {{"ASAN_OPTIONS", "quarantine_size_mb=1"}};
  const GncEnd end = run_gnc(call);
  EXPECT_EQ(end.code, 0) << end.err;
  return end.peak_kib;
}

// A hundred times the draws; at this tolerance many more are accepted than a cell stores. The check at full
// size, 10^9 draws below 500 MB, takes a minute and is made by hand:
//   /usr/bin/time -v gnc run fig1-linear --widths 5 --num-seeds 1 --no-gd --num-samples 1e9 --out runs/1e9
// ("Maximum resident set size").
TEST(Memory, DoesNotGrowWithTheBudget) {
  const ScratchFolder scratch;
  const long small = peak_kib_of(scratch.path(), "100000");
  const long large = peak_kib_of(scratch.path(), "10000000");
  EXPECT_GT(small, 1000);
  EXPECT_LT(large, small + 64 * 1024) << "KiB; with a hundredth of the draws " << small;
  EXPECT_LT(large, 500 * 1024);
}

// Threads without end: the system says no, which is an error like any other.
TEST(Memory, ThreadsThatCannotStartAreAFailureNotACrash) {
#ifdef GNC_PROGRAM_SANITIZED
  GTEST_SKIP() << "the address sanitizer needs the address space that this test takes away";
#endif
  const ScratchFolder scratch;
  write_small(scratch.path());
  GncCall call;
  call.folder = scratch.path();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", "small.json", "--out", "no-gd", "--threads", "4096", "--no-gd"},
        {"run", "small.json", "--out", "gd", "--threads", "4096"},
        {"run", "small.json", "--out", "auto", "--threads", "4096", "--estimator", "auto", "--num-seeds",
         "4096"},
        {"bench", "--threads", "4096", "--seconds", "0.01"}}) {
    call.arguments = words;
    const ResourceLimit limit(RLIMIT_AS, rlim_t{1} << 30);
    const GncEnd end = run_gnc(call);
    EXPECT_EQ(end.signal, 0);
    EXPECT_EQ(end.code, 1) << end.err;
    EXPECT_NE(end.err.find("--threads"), std::string::npos) << end.err;
  }
  call.arguments = {"run", "--resume", "--out", "no-gd"};
  EXPECT_EQ(run_gnc(call).code, 0);
}

// At this tolerance most draws are kept, which takes more than drawing them.
TEST(Memory, TooLittleIsNotLaidToSmallDraws) {
#ifdef GNC_PROGRAM_SANITIZED
  GTEST_SKIP() << "the address sanitizer needs the address space that this test takes away";
#endif
  const ScratchFolder scratch;
  GncCall call;
  call.folder = scratch.path();
  for (const rlim_t kib : {60'000, 80'000, 100'000}) {
    call.arguments = {"run",     "fig1-linear",      "--widths", "5",       "--num-samples", "3e5",
                      "--no-gd", "--threads",        "2",        "--quiet", "--eps-train",   "0.9",
                      "--out",   std::to_string(kib)};
    const ResourceLimit limit(RLIMIT_AS, kib * 1024);
    const GncEnd end = run_gnc(call);
    EXPECT_EQ(end.err.find(" 0 MiB"), std::string::npos) << end.err;
    EXPECT_TRUE(end.code == 0 || (end.code == 1 && end.err.find("--threads") != std::string::npos))
        << end.err;
  }
}

}  // namespace
}  // namespace gnc
