#include "host/for_each_index.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gnc {
namespace {

TEST(ForEachIndex, CallsOnceForEach) {
  for (const int threads : {1, 3, 8}) {
    for (const std::size_t count : {0, 1, 5, 1000}) {
      std::vector<std::atomic<int>> calls(count);
      for_each_index(threads, count, [&](std::size_t i, const std::atomic<bool>& failed) {
        EXPECT_FALSE(failed);
        ++calls[i];
      });
      for (const std::atomic<int>& of_one : calls) EXPECT_EQ(of_one, 1);
    }
  }
}

// The call that the second one waits for has failed.
TEST(ForEachIndex, AFailureEndsTheOthersAndIsThrown) {
  std::atomic<int> calls{0};
  const auto body = [&](std::size_t i, const std::atomic<bool>& failed) {
    ++calls;
    if (i == 1) throw std::runtime_error("the second");
    while (!failed) std::this_thread::yield();
  };
  try {
    for_each_index(2, 1000, body);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "the second");
  }
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace gnc
