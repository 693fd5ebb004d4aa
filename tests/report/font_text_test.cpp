#include "host/report/font_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "host/report/figure_source.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(FontText, KeepsWhatDejaVuSansHas) {
  for (const std::string text : {"", "fig1-linear, 95 %", "Größe, façade, Łódź, Dvořák", "ΑΒΓ αβγ ς", "Опыт",
                                 "– — “ ” ‘ ’ … ‰", "5 × 5, ±1, ≤ ∞, ∑ √ ∈ → ℝ", "x² x₁ €", "e\u0301"}) {
    EXPECT_EQ(font_text(text), text);
  }
}

TEST(FontText, HasAQuestionMarkForEveryOtherCharacter) {
  EXPECT_EQ(font_text("実験 1"), "?? 1");
  EXPECT_EQ(font_text("한국"), "??");
  EXPECT_EQ(font_text("a😀b"), "a?b");
  EXPECT_EQ(font_text("नमस्ते").find_first_not_of('?'), std::string::npos);
}

TEST(FontText, HasAQuestionMarkForEveryByteThatIsOfNoCharacter) {
  EXPECT_EQ(font_text("a\xff"), "a?");
  EXPECT_EQ(font_text("\x80\xbf"), "??");
  EXPECT_EQ(font_text("\xe5\xae"), "??") << "cut off";
  EXPECT_EQ(font_text("\xe5z"), "?z") << "cut short";
  EXPECT_EQ(font_text("\xc0\xaf"), "??") << "longer than need be";
  EXPECT_EQ(font_text("\xf8\x88\x80\x80\x80"), "?????");
}

TEST(FontText, IsWhatTitlesOfFiguresHave) {
  RunResults run = sample_run();
  run.config.name = "実験";
  run.config.problem_file = "/some/where/問題é.json";
  for (const FigureSource& source :
       {loss_figure(run), acceptance_figure(run), acceptance_curve_figure(run), loss_curve_figure(run)}) {
    EXPECT_NE(source.script.find("'??: Linear"), std::string::npos) << source.script;
    EXPECT_NE(source.script.find("problem ??é.json"), std::string::npos) << source.script;
  }
}

}  // namespace
}  // namespace gnc
