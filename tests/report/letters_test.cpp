#include "host/report/letters.hpp"

#include <gtest/gtest.h>

namespace gnc {
namespace {

TEST(Letters, AreCodePoints) {
  EXPECT_EQ(letters(""), 0u);
  EXPECT_EQ(letters("a\u00fcb"), 3u);
  EXPECT_EQ(letters("\u65e5\u672c"), 2u);
  EXPECT_EQ(first_letters("a\u00fcb", 2), "a\u00fc");
  EXPECT_EQ(first_letters("\u65e5\u672c", 1), "\u65e5");
  EXPECT_EQ(first_letters("ab", 5), "ab");
  EXPECT_EQ(first_letters("ab", 0), "");
}

TEST(Letters, MayTakeTwoColumns) {
  EXPECT_EQ(first_columns("abc", 2), "ab");
  EXPECT_EQ(first_columns("\u00fcber", 3), "\u00fcbe");
  EXPECT_EQ(first_columns("\u65e5\u672c\u8a9e", 5), "\u65e5\u672c");
  EXPECT_EQ(first_columns("a\u65e5\u672c", 2), "a");
  EXPECT_EQ(first_columns("\u65e5", 1), "");
  EXPECT_EQ(first_columns("", 4), "");
}

}  // namespace
}  // namespace gnc
