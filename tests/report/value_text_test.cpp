#include "host/report/value_text.hpp"

#include <gtest/gtest.h>

namespace gnc {
namespace {

TEST(ValueText, CountsAndLosses) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(9'999'999), "9999999");
  EXPECT_EQ(count_text(123'456'789), "1.23e+08");
  EXPECT_EQ(loss_text(0.123456), "0.123");
  EXPECT_EQ(loss_text(std::nullopt), "-");
  EXPECT_EQ(spread_text(Quartiles{0.1, 0.2, 0.3}), "0.2 [0.1 0.3]");
  EXPECT_EQ(spread_text(std::nullopt), "-");
}

TEST(ValueText, Durations) {
  EXPECT_EQ(duration_text(0.2), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(200.0), "3 min 20 s");
  EXPECT_EQ(duration_text(7500.0), "2 h 05 min");
  EXPECT_EQ(duration_text(100.0 * 3600.0), "4 d 4 h");
  EXPECT_EQ(duration_text(-1.0), "-");
}

}  // namespace
}  // namespace gnc
