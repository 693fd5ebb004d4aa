#include "host/report/write_report.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "host/errors.hpp"
#include "host/report/cells_csv.hpp"
#include "host/report/result_files.hpp"
#include "host/report/results_csv.hpp"
#include "tests/report/grid_run.hpp"
#include "tests/report/needs_gnuplot.hpp"
#include "tests/report/sample_run.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

TEST(WriteReport, WritesEveryFileItNames) {
  const ScratchFolder scratch;
  const std::filesystem::path folder = scratch.path() / "new" / "run";
  const ReportFiles files = write_report(sample_run(), folder);
  for (const auto& path : files.written) EXPECT_GT(std::filesystem::file_size(path), 0u) << path;
  EXPECT_EQ(scratch.read("new/run/cells.csv"), cells_csv(sample_run()));
  EXPECT_EQ(scratch.read("new/run/results.csv"), results_csv(sample_run(), 0));
  EXPECT_EQ(scratch.read("new/run/results_eps=0.005.csv"), results_csv(sample_run(), 1));
  const std::string page = scratch.read("new/run/report.html");
  if (files.warnings.empty()) {
    EXPECT_NE(page.find("<svg"), std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
  }
  std::size_t on_disk = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++on_disk;
  EXPECT_EQ(on_disk, files.written.size());
}

// What another report takes the place of is told by these names.
TEST(WriteReport, EveryFileIsNamedLikeAResult) {
  SKIP_WITHOUT_GNUPLOT();
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "notes.txt") << "no result";
  std::set<std::string> written;
  for (const auto& path : write_report(grid_run(2), scratch.path()).written) {
    written.insert(path.filename().string());
  }
  EXPECT_EQ(
      written,
      (std::set<std::string>{
          "acceptance.dat", "acceptance.gp",  "acceptance.pdf", "acceptance.png", "acceptance.svg",
          "cells.csv",      "curves.csv",     "curves.dat",     "curves.gp",      "curves.pdf",
          "curves.png",     "curves.svg",     "curves_gen.dat", "curves_gen.gp",  "curves_gen.pdf",
          "curves_gen.png", "curves_gen.svg", "figure.dat",     "figure.gp",      "figure.pdf",
          "figure.png",     "figure.svg",     "report.html",    "results.csv",    "results_eps=0.005.csv"}));
  const auto names = result_files(scratch.path());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), written);
}

TEST(WriteReport, WithoutGnuplotThePageShowsNoOldFigure) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "figure.svg") << "<svg id='old'></svg>";
  const ScopedVariable path("PATH", "");
  const ReportFiles files = write_report(sample_run(), scratch.path());
  EXPECT_EQ(files.warnings.size(), 2u);
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "figure.svg"));
  EXPECT_EQ(scratch.read("report.html").find("id='old'"), std::string::npos);
}

TEST(WriteReport, SurvivesAnEmptyRun) {
  const ScratchFolder scratch;
  const ReportFiles files = write_report(RunResults{}, scratch.path());
  for (const std::string& warning : files.warnings) {
    EXPECT_NE(warning.find("gnuplot was not found"), std::string::npos) << warning;
  }
  EXPECT_EQ(scratch.read("results.csv").substr(0, 6), "width,");
}

TEST(WriteReport, AFileInPlaceOfTheFolderIsNamed) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "file") << "x";
  EXPECT_THROW(write_report(sample_run(), scratch.path() / "file"), RunError);
}

}  // namespace
}  // namespace gnc
