#include "host/report/value_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

namespace gnc {
namespace {

TEST(ValueText, CountsAndLosses) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(9'999'999), "9999999");
  EXPECT_EQ(count_text(123'456'789), "1.23e+08");
  EXPECT_EQ(loss_text(0.123456), "0.123");
  EXPECT_EQ(loss_text(std::nullopt), "-");
  EXPECT_EQ(loss_text(0.0082), "0.00820");
  EXPECT_EQ(loss_text(100.0), "100");
  EXPECT_EQ(loss_text(0.0), "0");
  EXPECT_EQ(loss_text(INFINITY), "inf");
  EXPECT_EQ(spread_text(Quartiles{0.1, 0.2, 0.3}), "0.200 [0.100 0.300]");
  EXPECT_EQ(spread_text(Quartiles{0.1, 0.2, INFINITY}), "0.200 [0.100 inf]");
  EXPECT_EQ(spread_text(std::nullopt), "-");
}

TEST(ValueText, EndsOfARangeDiffer) {
  EXPECT_EQ(range_text(0.9526145, 0.9525896, 0.9526394), "0.952615 [0.952590 0.952639]");
  EXPECT_EQ(range_text(1.0, 0.99996311, 1.0), "1.000000 [0.999963 1.000000]");
  EXPECT_EQ(range_text(8.87e-5, 2.77e-5, 2.63e-4), "8.87e-05 [2.77e-05 0.000263]");
  EXPECT_EQ(range_text(2.9e-146, 0.0, 1.0), "2.90e-146 [0 1.00]");
  EXPECT_EQ(range_text(std::nullopt, 0.5, 0.5), "- [0.500 0.500]");
}

TEST(ValueText, IntervalsAreRoundedOutwards) {
  EXPECT_EQ(interval_text(2.0e-4, 1.9472e-4, 2.0505e-4), "0.000200 [0.000194 0.000206]");
  EXPECT_EQ(interval_text(0.9526145, 0.9525896, 0.9526391), "0.952615 [0.952589 0.952640]");
  EXPECT_EQ(interval_text(9.9e-5, 9.0e-5, 9.9995e-5), "9.90e-05 [9.00e-05 0.000100]");
  EXPECT_EQ(interval_text(1.01e-4, 9.9996e-5, 1.02e-4), "0.0001010 [9.99e-05 0.0001020]");
  EXPECT_EQ(interval_text(0.5, 0.0, 1.0), "0.500 [0 1.00]");
  EXPECT_EQ(interval_text(0.25, 0.125, 0.5), "0.250 [0.125 0.500]");

  CellResult none;
  none.drawn = 3'000'000;
  ToleranceResult bound;
  bound.rate_high = 1.2296e-6;
  EXPECT_EQ(rate_text(none, bound), "< 1.3e-06");
}

/// factor * 10^power, which a double need not hold.
Rate tiny(double factor, int power) { return {0.0, std::log10(factor) + power}; }

TEST(ValueText, RatesBelowTheDoublesHaveTheirDigits) {
  EXPECT_EQ(interval_text(tiny(3.9, -336), tiny(3.5042, -336), tiny(4.3952, -336)),
            "3.90e-336 [3.50e-336 4.40e-336]");
  EXPECT_EQ(interval_text(tiny(3.9, -336), tiny(3.5092, -336), tiny(4.3912, -336)),
            "3.90e-336 [3.50e-336 4.40e-336]");
  EXPECT_EQ(range_text(tiny(3.9, -336), tiny(3.5092, -336), tiny(4.3912, -336)),
            "3.90e-336 [3.51e-336 4.39e-336]");
  // As of other rates, more digits where the ends differ by little.
  EXPECT_EQ(interval_text(tiny(5.0, -400), tiny(4.99631, -400), tiny(5.00369, -400)),
            "5.0000e-400 [4.9963e-400 5.0037e-400]");
  EXPECT_EQ(interval_text(0.0005, 0.000499631, 0.000500369), "0.00050000 [0.00049963 0.00050037]");
  // Rounded up to the next power of ten, or down from it.
  EXPECT_EQ(interval_text(tiny(9.1, -336), tiny(9.9991, -337), tiny(9.9991, -336)),
            "9.10e-336 [9.99e-337 1.00e-335]");
  EXPECT_EQ(range_text(tiny(9.9991, -336), tiny(1.0, -336), tiny(2.0, -335)),
            "1.00e-335 [1.00e-336 2.00e-335]");
  // An end that a double holds, and one of 0.
  EXPECT_EQ(interval_text(tiny(2.0, -310), tiny(1.5, -315), 2.5e-305), "2.00e-310 [1.50e-315 2.50e-305]");
  EXPECT_EQ(interval_text(tiny(2.0, -310), 0.0, 1.0), "2.00e-310 [0 1.00]");

  CellResult cell;
  cell.drawn = 4000;
  ToleranceResult result;
  result.rate_high = std::numeric_limits<double>::min();
  result.log10 = {std::log10(3.9) - 336.0, std::log10(3.5042) - 336.0, std::log10(4.3952) - 336.0};
  EXPECT_EQ(rate_text(cell, result), "3.90e-336 [3.50e-336 4.40e-336]");
  result.log10 = {-INFINITY, -INFINITY, std::log10(3.61) - 340.0};
  EXPECT_EQ(rate_text(cell, result), "< 3.7e-340");
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
