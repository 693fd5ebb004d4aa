#include "host/files/write_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "host/errors.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

TEST(WriteFile, ReplacesAsAWhole) {
  const ScratchFolder scratch;
  write_file(scratch.path() / "a.txt", "first, longer");
  write_file(scratch.path() / "a.txt", "second");
  EXPECT_EQ(scratch.read("a.txt"), "second");
}

TEST(WriteFile, NamesTheFileThatCannotBeWritten) {
  const ScratchFolder scratch;
  const std::filesystem::path target = scratch.path() / "taken";
  std::filesystem::create_directories(target / "inside");
  try {
    write_file(target, "text");
    FAIL() << "a folder was overwritten";
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what()).find(target.string()), std::string::npos);
  }
  std::size_t left = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(scratch.path())) ++left;
  EXPECT_EQ(left, 1u);
  EXPECT_THROW(write_file(scratch.path() / "no such folder" / "a.txt", "text"), RunError);
}

TEST(WriteFile, FollowsALinkAndLeavesItInPlace) {
  const ScratchFolder scratch;
  std::filesystem::create_directory(scratch.path() / "elsewhere");
  write_file(scratch.path() / "elsewhere" / "a.txt", "first");
  std::filesystem::create_symlink("elsewhere/a.txt", scratch.path() / "link.txt");
  write_file(scratch.path() / "link.txt", "second");
  EXPECT_TRUE(std::filesystem::is_symlink(scratch.path() / "link.txt"));
  EXPECT_EQ(scratch.read("elsewhere/a.txt"), "second");
}

TEST(WriteFile, WritesADeviceAsItIs) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  EXPECT_NO_THROW(write_file("/dev/null", "text"));
  EXPECT_THROW(write_file("/dev/full", "text"), RunError);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace gnc
