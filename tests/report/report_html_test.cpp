#include "host/report/report_html.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "host/report/version.hpp"
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
  EXPECT_NE(page.find("<svg id=\"loss-loss\"></svg>"), std::string::npos);
  EXPECT_NE(page.find("<svg id=\"acceptance-rate\"></svg>"), std::string::npos);
  EXPECT_EQ(page.find("<?xml"), std::string::npos);
  EXPECT_EQ(page.find("<!DOCTYPE svg>"), std::string::npos);
  EXPECT_NE(page.find("No draw was accepted in 1 of 4 cells"), std::string::npos);
  EXPECT_NE(page.find("<td>&lt; 3.7e-06</td>"), std::string::npos);
  EXPECT_NE(page.find("<td>num_measurements</td><td>15</td>"), std::string::npos);
  for (const char* outside : {"src=", "href=\"http", "@import", "url("}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
}

TEST(ReportHtml, SaysByWhichVersionAndWhenItWasWritten) {
  const std::string page = report_html(
      sample_run(), {}, std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)));
  EXPECT_NE(page.find(fmt::format("<p>Written by gnc {} on 2023-11-14 at 22:13 UTC.</p>", version())),
            std::string::npos);
}

TEST(ReportHtml, ShowsRatesBelowTheDoublesBesideTheirLosses) {
  RunResults run = sample_run();
  ToleranceResult& result = run.cells[0].tolerances[0];
  result.acceptance_rate = result.rate_low = 0.0;
  result.rate_high = std::numeric_limits<double>::min();
  result.log10 = {std::log10(3.9) - 336.0, std::log10(3.5042) - 336.0, std::log10(4.3952) - 336.0};
  const std::string page = report_html(run, {});
  EXPECT_NE(page.find("<td>3.90e-336 [3.50e-336 4.40e-336]</td><td>0.100</td>"), std::string::npos);
  EXPECT_EQ(page.find("2.3e-308"), std::string::npos);
}

TEST(ReportHtml, OneSeedHasNoMedian) {
  RunResults run = sample_run();
  const ReportFigures figures{"<svg></svg>", "<svg></svg>", {}, {}};
  EXPECT_NE(report_html(run, figures).find("Line: median over seeds."), std::string::npos);
  run.config.num_seeds = 1;
  const std::string page = report_html(run, figures);
  EXPECT_EQ(page.find("Line: median"), std::string::npos);
  EXPECT_EQ(page.find("Median and quartiles over seeds."), std::string::npos);
  EXPECT_NE(page.find("Rate of the one seed with its 95 % interval."), std::string::npos);
}

TEST(ReportHtml, KeysThatTheEstimatorDoesNotReadAreNotUsed) {
  const auto unused = [](Estimator estimator, const std::string& key) {
    RunResults run = sample_run();
    run.config.estimator = estimator;
    return report_html(run, {}).find("<td>" + key + "</td><td>not used</td>") != std::string::npos;
  };
  for (const Estimator estimator : {Estimator::Reject, Estimator::Conditional, Estimator::Auto}) {
    EXPECT_FALSE(unused(estimator, "gnc_num_samples"));
    EXPECT_EQ(unused(estimator, "splitting_particles"), estimator != Estimator::Auto);
  }
  EXPECT_TRUE(unused(Estimator::Splitting, "gnc_num_samples"));
  EXPECT_FALSE(unused(Estimator::Splitting, "splitting_particles"));
}

TEST(ReportHtml, NoTwoFiguresShareAnId) {
  ReportFigures figures;
  figures.loss = figures.acceptance = "<svg><g id=\"gnuplot_canvas\"></g></svg>";
  const std::string page = report_html(sample_run(), figures);
  EXPECT_NE(page.find("id=\"loss-gnuplot_canvas\""), std::string::npos);
  EXPECT_NE(page.find("id=\"acceptance-gnuplot_canvas\""), std::string::npos);
}

TEST(ReportHtml, SaysWhatIsMissing) {
  const std::string page = report_html(RunResults{}, {});
  EXPECT_NE(page.find("gnuplot-nox"), std::string::npos);
  EXPECT_NE(page.find("not finished"), std::string::npos);
}

}  // namespace
}  // namespace gnc
