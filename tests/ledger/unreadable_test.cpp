#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "host/errors.hpp"
#include "host/ledger/ledger.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

using std::filesystem::perms;

/// A process of root becomes one that permissions bind, for as long as the object lives.
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0) {
    if (was_root_) changed_ = ::seteuid(65534) == 0;
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }
  bool bound() const { return !was_root_ || changed_; }

 private:
  bool was_root_;
  bool changed_ = false;
};

class Unreadable : public testing::Test {
 protected:
  Unreadable() : run_(scratch_.path() / "run") {
    std::filesystem::permissions(scratch_.path(), perms::all);
    Ledger::create(run_, small_experiment(), "cpu", "fma", std::nullopt);
  }
  ~Unreadable() override { std::filesystem::permissions(run_, perms::all); }

  template <class Error>
  static std::string message(const std::function<void()>& action) {
    const Unprivileged user;
    if (!user.bound()) return "";
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  ScratchFolder scratch_;
  std::filesystem::path run_;
};

TEST_F(Unreadable, AFolderIsNotTakenForOneWithoutARun) {
  std::filesystem::permissions(run_, perms::none);
  if (const Unprivileged user; !user.bound()) GTEST_SKIP() << "root cannot become another user here";
  const std::string expected =
      Ledger::file(run_).string() + ": cannot be read (Permission denied), expected the ledger of a run";
  EXPECT_EQ(message<UsageError>([&] { Ledger::open(run_, Database::Mode::ReadOnly); }), expected);
  EXPECT_EQ(message<UsageError>([&] { Ledger::open(run_, Database::Mode::ReadWrite); }), expected);
  EXPECT_EQ(message<UsageError>([&] { Ledger::exists(run_); }), expected);
  EXPECT_EQ(message<UsageError>([&] { Ledger::require_none(run_); }), expected);
}

TEST_F(Unreadable, ALedgerInAReadableFolder) {
  std::filesystem::permissions(Ledger::file(run_), perms::none);
  if (const Unprivileged user; !user.bound()) GTEST_SKIP() << "root cannot become another user here";
  const std::string expected =
      Ledger::file(run_).string() + ": cannot be read (Permission denied), expected the ledger of a run";
  EXPECT_EQ(message<UsageError>([&] { Ledger::open(run_, Database::Mode::ReadOnly); }), expected);
  EXPECT_EQ(message<UsageError>([&] { Ledger::open(run_, Database::Mode::ReadWrite); }), expected);
}

TEST_F(Unreadable, ALogThatCannotBeShared) {
  const std::filesystem::path copy = scratch_.path() / "copy";
  {
    Ledger ledger = Ledger::open(run_, Database::Mode::ReadWrite);
    ledger.record_descent(0, {0.5, 0.25, 1.0});
    std::filesystem::create_directory(copy);
    for (const char* name : {"run.sqlite", "run.sqlite-wal"}) {
      std::filesystem::copy_file(run_ / name, copy / name);
      std::filesystem::permissions(copy / name, static_cast<perms>(0644));
    }
  }
  std::filesystem::permissions(copy, static_cast<perms>(0755));
  if (const Unprivileged user; !user.bound()) GTEST_SKIP() << "root cannot become another user here";
  const std::string found = message<RunError>([&] { Ledger::open(copy, Database::Mode::ReadOnly); });
  EXPECT_NE(found.find("check that it can be read (where a log, -wal, lies beside it"), std::string::npos)
      << found;
  EXPECT_EQ(found.find("room"), std::string::npos) << found;
}

}  // namespace
}  // namespace gnc
