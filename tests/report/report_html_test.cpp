#include "host/report/report_html.hpp"

#include <gtest/gtest.h>

#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(ReportHtml, EscapesWhatHtmlWouldRead) {
  EXPECT_EQ(escape_html("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
  RunResults run = sample_run();
  run.config.name = "<script>alert(1)</script>";
  run.config.problem_file = "a<b>.json";
  const std::string page = report_html(run, {});
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.find("a&lt;b&gt;.json"), std::string::npos);
}

TEST(ReportHtml, HoldsFiguresTablesConfigAndNotes) {
  const std::string page = report_html(
      sample_run(),
      {"<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg id=\"loss\"></svg>", "<svg id=\"rate\"></svg>"});
  EXPECT_NE(page.find("<svg id=\"loss\"></svg>"), std::string::npos);
  EXPECT_NE(page.find("<svg id=\"rate\"></svg>"), std::string::npos);
  EXPECT_EQ(page.find("<?xml"), std::string::npos);
  EXPECT_EQ(page.find("<!DOCTYPE svg>"), std::string::npos);
  EXPECT_NE(page.find("No draw was accepted in 1 of 4 cells"), std::string::npos);
  EXPECT_NE(page.find("<td>&lt; 3.7e-06</td>"), std::string::npos);
  EXPECT_NE(page.find("<td>num_measurements</td><td>15</td>"), std::string::npos);
  for (const char* outside : {"src=", "href=\"http", "@import", "url("}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
}

TEST(ReportHtml, SaysWhatIsMissing) {
  const std::string page = report_html(RunResults{}, {});
  EXPECT_NE(page.find("gnuplot-nox"), std::string::npos);
  EXPECT_NE(page.find("not finished"), std::string::npos);
}

}  // namespace
}  // namespace gnc
