#include "host/config/nearest_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gnc {
namespace {

const std::vector<std::string> kNames = {"run", "presets", "problem"};

TEST(NearestName, CountsASwapAsOneSlip) {
  EXPECT_EQ(nearest_name("rnu", {"ruins", "run"}), "run");
  EXPECT_EQ(nearest_name("acb", {"abxx", "abc"}), "abc");
}

TEST(NearestName, IsThereForAnyText) {
  EXPECT_EQ(nearest_name("", kNames), "run");
  EXPECT_EQ(nearest_name(std::string(100'000, 'p'), kNames), "presets");
}

TEST(NearestHint, IsOfSlipsOfThePenAlone) {
  EXPECT_EQ(nearest_hint("command", "rnu", kNames), "; the nearest command is \"run\"");
  EXPECT_EQ(nearest_hint("command", "ru", kNames), "; the nearest command is \"run\"");
  EXPECT_EQ(nearest_hint("command", "PRESETS", kNames), "; the nearest command is \"presets\"");
  // Two of seven letters, but not three.
  EXPECT_EQ(nearest_hint("command", "probelf", kNames), "; the nearest command is \"problem\"");
  EXPECT_EQ(nearest_hint("command", "prxxexs", kNames), "");
  EXPECT_EQ(nearest_hint("command", "help", kNames), "");
  EXPECT_EQ(nearest_hint("command", "rum!", kNames), "");
  EXPECT_EQ(nearest_hint("command", std::string(100'000, 'p'), kNames), "");
}

}  // namespace
}  // namespace gnc
