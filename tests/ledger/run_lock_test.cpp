#include "host/ledger/run_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>

#include "host/errors.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

enum Answer { kGot = 40, kRefused = 41, kOther = 42 };

/// What another process gets that asks for the lock.
int asked_by_another_process(const std::filesystem::path& folder) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      const RunLock lock(folder);
      ::_exit(kGot);
    } catch (const UsageError& error) {
      ::_exit(std::string(error.what()).find(folder.string()) != std::string::npos ? kRefused : kOther);
    } catch (...) {
      ::_exit(kOther);
    }
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(RunLock, KeepsASecondProcessOutForAsLongAsItLives) {
  const ScratchFolder scratch;
  std::optional<RunLock> lock(scratch.path());
  EXPECT_EQ(asked_by_another_process(scratch.path()), kRefused);
  EXPECT_EQ(asked_by_another_process(scratch.path() / "other"), kGot);
  lock.reset();
  EXPECT_EQ(asked_by_another_process(scratch.path()), kGot);
}

TEST(RunLock, AFileInTheWayIsBadUsage) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "file") << "precious";
  EXPECT_THROW(RunLock(scratch.path() / "file"), UsageError);
  EXPECT_THROW(RunLock(scratch.path() / "file" / "below"), UsageError);
  EXPECT_EQ(scratch.read("file"), "precious");
}

}  // namespace
}  // namespace gnc
