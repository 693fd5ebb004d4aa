#include "host/ledger/run_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/errors.hpp"
#include "host/ledger/database.hpp"
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

TEST(RunLock, AFolderThatItMadeIsRemovedIfNothingElseCameIntoIt) {
  const ScratchFolder scratch;
  const std::filesystem::path made = scratch.path() / "made";
  { const RunLock lock(made); }
  EXPECT_FALSE(std::filesystem::exists(made));

  std::filesystem::create_directory(made);
  { const RunLock lock(made); }
  EXPECT_TRUE(std::filesystem::exists(made));

  const std::filesystem::path used = scratch.path() / "used";
  {
    const RunLock lock(used);
    std::ofstream(used / "results") << "precious";
  }
  EXPECT_EQ(scratch.read("used/results"), "precious");
}

TEST(RunLock, TellsWhenItsFileIsNoLongerTheOneAndLeavesAnotherAlone) {
  const ScratchFolder scratch;
  const std::filesystem::path made = scratch.path() / "made";
  {
    const RunLock lock(made);
    EXPECT_EQ(lock.lost(), std::nullopt);
    std::filesystem::rename(made, scratch.path() / "moved");
    EXPECT_EQ(lock.lost(), made / "run.lock");
    std::filesystem::create_directory(made);
    std::ofstream(made / "run.lock") << "another's";
    EXPECT_EQ(lock.lost(), made / "run.lock");
  }
  EXPECT_EQ(scratch.read("made/run.lock"), "another's");
}

TEST(RunLock, IsHeldForALedgerThatTheFolderLinksTo) {
  const ScratchFolder scratch;
  const std::filesystem::path elsewhere = scratch.path() / "elsewhere", a = scratch.path() / "a",
                              b = scratch.path() / "b";
  for (const auto& folder : {elsewhere, a, b}) std::filesystem::create_directory(folder);
  std::ofstream(elsewhere / "x.sqlite") << "a ledger";
  std::ofstream(a / "run.db") << "another";
  for (const auto& folder : {a, b})
    std::filesystem::create_symlink(elsewhere / "x.sqlite", folder / "run.sqlite");
  {
    const RunLock lock(a);
    EXPECT_EQ(asked_by_another_process(b), kRefused);
    std::filesystem::remove(elsewhere / "x.lock");
    EXPECT_EQ(lock.lost(), elsewhere / "x.lock");
  }
  EXPECT_EQ(asked_by_another_process(b), kGot);
  // The lock beside this ledger is that of the folder.
  std::filesystem::remove(a / "run.sqlite");
  std::filesystem::create_symlink("run.db", a / "run.sqlite");
  EXPECT_EQ(asked_by_another_process(a), kGot);
}

// Those who come find now the folder and its lock, now none, and now one that is just being removed.
TEST(RunLock, IsHeldByOneWhileOthersRemoveTheFolderThatTheyMade) {
  const ScratchFolder scratch;
  const std::filesystem::path made = scratch.path() / "made";
  std::atomic<int> holders{0};
  std::atomic<int> held{0};
  std::atomic<int> shared{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        for (int turn = 0; turn < 4000; ++turn) {
          try {
            const RunLock lock(made);
            if (++holders > 1) ++shared;
            ++held;
            std::this_thread::yield();
            --holders;
          } catch (const UsageError&) {
          } catch (const RunError&) {  // the folder went away before the file was made
          }
        }
      });
    }
  }
  EXPECT_EQ(shared, 0);
  EXPECT_GT(held, 0);
}

TEST(RunLock, AFileInTheWayIsBadUsage) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "file") << "precious";
  EXPECT_THROW(RunLock(scratch.path() / "file"), UsageError);
  EXPECT_THROW(RunLock(scratch.path() / "file" / "below"), UsageError);
  EXPECT_EQ(scratch.read("file"), "precious");
}

// By SQLite itself: in the longest folder that is taken a ledger can be made, in a longer one not.
TEST(RunLock, AFolderWhoseLedgerCouldNotBeOpenedIsBadUsageAndNotMade) {
  const ScratchFolder scratch;
  const auto folder_of = [&](std::size_t length) {
    std::filesystem::path folder = scratch.path();
    while (folder.string().size() + 202 < length) folder /= std::string(200, 'x');
    return folder / std::string(length - folder.string().size() - 1, 'y');
  };
  std::size_t longest = 0;
  for (std::size_t length = 400; length < 520; ++length) {
    try {
      const RunLock lock(folder_of(length));
      longest = length;
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find(std::to_string(longest)), std::string::npos) << error.what();
      break;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(folder_of(longest + 1)));
  const auto make_ledger = [](const std::filesystem::path& folder) {
    Database ledger(folder / "run.sqlite.new", Database::Mode::Create);
    ledger.execute("CREATE TABLE cells (cell)");
  };
  std::filesystem::create_directories(folder_of(longest));
  EXPECT_NO_THROW(make_ledger(folder_of(longest)));
  std::filesystem::create_directories(folder_of(longest + 1));
  EXPECT_THROW(make_ledger(folder_of(longest + 1)), RunError);
}

}  // namespace
}  // namespace gnc
