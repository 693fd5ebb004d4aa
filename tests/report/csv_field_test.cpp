#include "host/report/csv_field.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>

namespace gnc {
namespace {

TEST(CsvField, NumbersReadBackExactly) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> exponent(-300.0, 300.0);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::pow(10.0, exponent(random));
    EXPECT_EQ(std::stod(csv_field(std::optional<double>(value))), value);
  }
  EXPECT_EQ(csv_field(std::optional<double>(0.1)), "0.1");
  EXPECT_EQ(csv_field(std::optional<double>(std::numeric_limits<double>::infinity())), "inf");
}

TEST(CsvField, UnknownIsEmpty) { EXPECT_EQ(csv_field(std::optional<double>()), ""); }

TEST(CsvField, TextIsQuotedWhereItMust) {
  EXPECT_EQ(csv_field(std::string("cpu")), "cpu");
  EXPECT_EQ(csv_field(std::string("a,b")), "\"a,b\"");
  EXPECT_EQ(csv_field(std::string("say \"x\"")), "\"say \"\"x\"\"\"");
}

}  // namespace
}  // namespace gnc
