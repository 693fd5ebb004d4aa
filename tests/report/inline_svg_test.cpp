#include "host/report/inline_svg.hpp"

#include <gtest/gtest.h>

namespace gnc {
namespace {

TEST(InlineSvg, IdsAndReferencesToThemHaveThePrefix) {
  EXPECT_EQ(inline_svg("<?xml version=\"1.0\"?>\n<svg width=\"7\"><g id=\"canvas\"><use xlink:href='#dot' "
                       "id='gpPt1'/></g><rect filter='url(#box)'/></svg>\n",
                       "a-"),
            "<svg width=\"7\"><g id=\"a-canvas\"><use xlink:href='#a-dot' "
            "id='a-gpPt1'/></g><rect filter='url(#a-box)'/></svg>\n");
}

TEST(InlineSvg, TextStaysAsItIs) {
  const std::string svg = "<svg><text> id=\"x\" url(#y) &gt; href='#z'</text></svg>";
  EXPECT_EQ(inline_svg(svg, "a-"), svg);
}

TEST(InlineSvg, WhatHasNoRootIsNone) {
  EXPECT_EQ(inline_svg("", "a-"), std::nullopt);
  EXPECT_EQ(inline_svg("<svg", "a-"), "<svg") << "cut short";
}

}  // namespace
}  // namespace gnc
