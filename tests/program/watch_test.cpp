#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>

#include "tests/experiment/run_numbers.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/private_mount.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

GncCall call_in(const std::filesystem::path& folder, std::vector<std::string> words) {
  GncCall call;
  call.folder = folder;
  call.arguments = std::move(words);
  return call;
}

#ifdef GNC_PROGRAM_SANITIZED
constexpr std::uint64_t kDraws = 500'000;
#else
constexpr std::uint64_t kDraws = 12'000'000;
#endif

/// A run of a second or two on one thread, whatever the machine's cores, under way.
class Watch : public testing::Test {
 protected:
  Watch() {
    write_small(scratch_.path(), {{"gnc_num_samples", kDraws}, {"gd", false}});
    run_.emplace(call_in(scratch_.path(),
                         {"run", "small.json", "--chunk-size", "20000", "--threads", "1", "--out", "run"}));
    const std::filesystem::path run = scratch_.path() / "run";
    EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(run / "run.sqlite") && drawn_in(run) > 0; }));
  }

  std::string shown(bool json = false) const {
    std::vector<std::string> words = {"show", "run"};
    if (json) words.emplace_back("--json");
    return run_gnc(scratch_.path(), words).out;
  }

  ScratchFolder scratch_;
  std::optional<GncProcess> run_;
};

TEST_F(Watch, PrintsEveryChangeAndEndsWithTheRun) {
  const GncEnd end = run_gnc(scratch_.path(), {"show", "run", "--watch", "--interval", "0.1"});
  EXPECT_EQ(end.code, 0) << end.err;
  const GncEnd run = run_->wait();
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string last = shown();
  ASSERT_GE(end.out.size(), 2 * last.size());
  EXPECT_EQ(end.out.substr(end.out.size() - last.size() - 1), "\n" + last);
  EXPECT_EQ(end.out.find('\x1b'), std::string::npos);
}

TEST_F(Watch, JsonIsALineForEachChange) {
  const GncEnd end = run_gnc(scratch_.path(), {"show", "run", "--json", "--watch", "--interval", "0.1"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(run_->wait().code, 0);
  std::istringstream lines(end.out);
  std::string line;
  std::size_t count = 0;
  nlohmann::json last;
  for (; std::getline(lines, line); ++count) last = nlohmann::json::parse(line);
  EXPECT_GE(count, 2u);
  EXPECT_EQ(last.at("finished"), true);
  EXPECT_EQ(last, nlohmann::json::parse(shown(true)));
}

TEST_F(Watch, RedrawsOnATerminal) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    GTEST_SKIP() << "there are no pseudoterminals here";
  }
  GncCall call = call_in(scratch_.path(), {"show", "run", "--watch", "--interval", "0.1"});
  call.output = ::ptsname(terminal);
  call.environment["TERM"] = "xterm";
  const int held = ::open(call.output.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  GncProcess watch(call);
  std::string out;
  std::thread reader([&] {
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(terminal, buffer.data(), buffer.size())) > 0;)
      out.append(buffer.data(), static_cast<std::size_t>(size));
  });
  const GncEnd end = watch.wait();
  ::close(held);
  reader.join();
  ::close(terminal);
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_NE(out.find("not finished; last change "), std::string::npos);
  const auto redrawn = out.rfind("A\r\x1b[J");
  ASSERT_NE(redrawn, std::string::npos);
  std::string last = out.substr(redrawn + 5);
  std::erase(last, '\r');
  EXPECT_EQ(run_->wait().code, 0);
  EXPECT_EQ(last, shown());
}

TEST_F(Watch, InterruptedEndsBySignalAndLeavesTheRunAlone) {
  GncProcess watch(call_in(scratch_.path(), {"show", "run", "--watch"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  watch.send(SIGINT);
  EXPECT_EQ(watch.wait().signal, SIGINT);
  EXPECT_EQ(run_->wait().code, 0);
}

TEST_F(Watch, WaitsForARunThatIsResumed) {
  run_->send(SIGINT);
  ASSERT_EQ(run_->wait().code, 3);
  GncProcess watch(call_in(scratch_.path(), {"show", "run", "--watch", "--interval", "0.1"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ASSERT_FALSE(watch.ended());
  ASSERT_EQ(run_gnc(scratch_.path(), {"run", "--resume", "--out", "run"}).code, 0);
  EXPECT_EQ(watch.wait().code, 0);
}

TEST(WatchFinished, ReadsAReadOnlyFolderOnce) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}});
  PrivateMount mount(scratch.path() / "disk", "20m");
  if (!mount.refusal().empty()) GTEST_SKIP() << "no file system can be mounted here: " << mount.refusal();
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "disk/run"}).code, 0);
  mount.make_read_only();
  const GncEnd watched = run_gnc(scratch.path(), {"show", "disk/run", "--watch"});
  EXPECT_EQ(watched.code, 0) << watched.err;
  EXPECT_EQ(watched.out, run_gnc(scratch.path(), {"show", "disk/run"}).out);
}

}  // namespace
}  // namespace gnc
