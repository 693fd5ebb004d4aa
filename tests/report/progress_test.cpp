#include "host/report/progress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace gnc {
namespace {

ProgressSnapshot halfway() {
  ProgressSnapshot snapshot;
  snapshot.cells_done = 12;
  snapshot.cells_total = 48;
  snapshot.cell = 13;
  snapshot.width = 10;
  snapshot.depth = 2;
  snapshot.seed = 4;
  snapshot.cell_drawn = 32'000'000;
  snapshot.cell_budget = 100'000'000;
  snapshot.cell_accepted = 480;
  snapshot.draws_done = 1'000'000'000;
  snapshot.draws_total = 3'000'000'000;
  snapshot.elapsed_seconds = 100.0;
  snapshot.gd_done = 11;
  snapshot.gd_total = 48;
  return snapshot;
}

// What a Progress wrote.
class Capture {
 public:
  Capture() : stream_(std::tmpfile()) {}
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() { std::fclose(stream_); }
  std::FILE* stream() { return stream_; }
  std::string text() {
    std::rewind(stream_);
    std::string text(200'000, ' ');
    text.resize(std::fread(text.data(), 1, text.size(), stream_));
    return text;
  }

 private:
  std::FILE* stream_;
};

TEST(FormatProgress, SaysWhereTheRunStands) {
  EXPECT_EQ(format_progress(halfway(), 4.8e7),
            "cell 13/48 (width 10, depth 2, seed 4)  3.2e+07/1e+08 draws, 480 accepted (1.5e-05)  4.80e+07/s "
            " 33.3 %  "
            "3 min 20 s left  GD 11/48");
}

TEST(FormatProgress, OtherEstimatorsCountWhatTheyDo) {
  ProgressSnapshot snapshot = halfway();
  snapshot.cell_estimator = Estimator::Splitting;
  snapshot.cell_drawn = 3;
  snapshot.cell_budget = 24;
  EXPECT_EQ(format_progress(snapshot, 4.8e7),
            "cell 13/48 (width 10, depth 2, seed 4)  3/24 populations  33.3 %  3 min 20 s left  GD 11/48");
  snapshot.cell_level = 0.00312;
  EXPECT_NE(format_progress(snapshot, 4.8e7).find("  3/24 populations, one at train loss 0.0031  33.3 %"),
            std::string::npos);
  EXPECT_EQ(format_brief_progress(snapshot, 4.8e7),
            "13/48 w10 d2 s4  3/24 populations loss 0.0031  3 m 20 s left");
  snapshot.cell_estimator = Estimator::Conditional;
  snapshot.cell_drawn = 20'000;
  snapshot.cell_budget = 50'000;
  EXPECT_NE(format_progress(snapshot, 4.8e5).find("  2e+04/5e+04 hidden draws  4.80e+05/s  33.3 %"),
            std::string::npos)
      << format_progress(snapshot, 4.8e5);
}

TEST(FormatProgress, ResumedRunCountsOnlyItsOwnDrawsForTheTimeLeft) {
  ProgressSnapshot snapshot = halfway();
  snapshot.draws_before = 900'000'000;
  EXPECT_NE(format_progress(snapshot, 0.0).find("33 min 20 s left"), std::string::npos);
}

// The draws and the mean rate at which they went say nothing about the time before them.
TEST(FormatProgress, TimeLeftLeavesOutGradientDescent) {
  ProgressSnapshot snapshot = halfway();
  snapshot.gd_done = 48;
  snapshot.descent_seconds = 60.0;
  EXPECT_NE(format_progress(snapshot, 0.0).find("  1 min 20 s left"), std::string::npos);
  Capture capture;
  {
    Progress progress(capture.stream(), ProgressStyle::Lines);
    snapshot.descent_seconds = 0.0;
    snapshot.draws_done = 0;
    snapshot.gd_done = 0;
    snapshot.elapsed_seconds = 20.0;
    progress.update(snapshot);
    snapshot.gd_done = 48;
    snapshot.elapsed_seconds = 60.0;
    progress.update(snapshot);
    snapshot.draws_done = 1'000'000'000;
    snapshot.elapsed_seconds = 100.0;
    progress.update(snapshot);
  }
  const std::string text = capture.text();
  EXPECT_EQ(text.find("gradient descent 0/48 runs, 20 s\n"), 0u) << text;
  EXPECT_NE(text.find("2.50e+07/s  33.3 %  1 min 20 s left  GD 48/48\n"), std::string::npos) << text;
}

TEST(FormatProgress, TimeLeftFollowsTheCostOfDraws) {
  ProgressSnapshot snapshot = halfway();
  snapshot.work_before = 10.0;
  snapshot.work_done = 20.0;
  snapshot.work_total = 120.0;
  EXPECT_NE(format_progress(snapshot, 0.0).find("  16.7 %  16 min 40 s left"), std::string::npos);
}

TEST(FormatProgress, AFinishedRunHasNothingLeftToDraw) {
  ProgressSnapshot snapshot = halfway();
  snapshot.cells_done = 48;
  snapshot.gd_done = 48;
  snapshot.draws_before = snapshot.draws_done = snapshot.draws_total;
  for (const auto& format : {format_progress, format_brief_progress}) {
    EXPECT_EQ(format(snapshot, 0.0), "nothing left to draw: all 48 cells are finished  GD 48/48");
  }
  // What was drawn now is told as ever.
  snapshot.draws_before -= 1;
  snapshot.cell = 48;
  EXPECT_TRUE(format_progress(snapshot, 4.8e7).starts_with("cell 48/48 (width 10, depth 2, seed 4)"));
  // Descents that were missing are told first.
  snapshot.draws_before += 1;
  snapshot.gd_done = 47;
  EXPECT_TRUE(format_progress(snapshot, 0.0).starts_with("gradient descent 47/48"));
}

TEST(FormatProgress, BriefFormFitsEightyColumns) {
  ProgressSnapshot snapshot = halfway();
  snapshot.gd_done = 48;
  EXPECT_EQ(format_brief_progress(snapshot, 4.8e7),
            "13/48 w10 d2 s4  3.2e7/1e8  480 acc 1.5e-5  4.8e7/s  3 m 20 s left");
  snapshot.cells_total = 800;
  snapshot.cell = 800;
  snapshot.width = 1280;
  snapshot.depth = 10;
  snapshot.seed = 15;
  snapshot.cell_drawn = 9'876'000'000'000;
  snapshot.cell_budget = 10'000'000'000'000;
  snapshot.cell_accepted = 123'456'789;
  snapshot.elapsed_seconds = 3.3e5;
  EXPECT_LE(format_brief_progress(snapshot, 4.8e7).size(), 79u) << format_brief_progress(snapshot, 4.8e7);
  snapshot.gd_done = 3;
  snapshot.draws_done = 0;
  EXPECT_EQ(format_brief_progress(snapshot, 0.0), "gradient descent 3/48 runs, 3 d 19 h");
}

TEST(FormatProgress, LeastFormKeepsWhatCountsMost) {
  ProgressSnapshot snapshot = halfway();
  EXPECT_EQ(format_least_progress(snapshot), "13/48 w10 d2 s4 33 % 3 m 20 s left");
  snapshot.draws_done = 0;
  EXPECT_EQ(format_least_progress(snapshot), "GD 11/48");
}

TEST(FormatProgress, NothingDoneYetPromisesNothing) {
  ProgressSnapshot snapshot;
  snapshot.cells_total = 3;
  snapshot.draws_total = 100;
  const std::string text = format_progress(snapshot, 0.0);
  EXPECT_EQ(text.find("left"), std::string::npos);
  EXPECT_EQ(text.find("/s"), std::string::npos);
  EXPECT_EQ(text.find("GD"), std::string::npos);
}

TEST(CutToWidth, KeepsToTheTerminal) {
  EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_width("abcdef", 5), "abc..");
  EXPECT_EQ(cut_to_width("\u65e5\u672c\u8a9e", 6), "\u65e5\u672c\u8a9e");
  EXPECT_EQ(cut_to_width("\u65e5\u672c\u8a9e", 5), "\u65e5..");
  EXPECT_EQ(cut_to_width("abcdef", 1), "a");
  EXPECT_EQ(cut_to_width("abcdef", 0), "");
}

TEST(Progress, QuietPrintsOnlyMessages) {
  Capture capture;
  {
    Progress progress(capture.stream(), ProgressStyle::Quiet);
    progress.update(halfway());
    progress.finish(halfway());
  }
  EXPECT_EQ(capture.text(), "");
}

TEST(Progress, PlainLinesComeEveryTenSeconds) {
  Capture capture;
  {
    Progress progress(capture.stream(), ProgressStyle::Lines);
    ProgressSnapshot snapshot = halfway();
    for (int tenth = 0; tenth <= 350; ++tenth) {
      snapshot.elapsed_seconds = 0.1 * tenth;
      progress.update(snapshot);
    }
  }
  const std::string text = capture.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Progress, LiveLineIsRewrittenAtMostFiveTimesASecond) {
  Capture capture;
  {
    Progress progress(capture.stream(), ProgressStyle::Live);
    ProgressSnapshot snapshot = halfway();
    for (int thousandth = 0; thousandth < 2000; ++thousandth) {
      snapshot.elapsed_seconds = 1.0 + 0.001 * thousandth;
      progress.update(snapshot);
    }
  }
  const std::string text = capture.text();
  const auto updates = std::count(text.begin(), text.end(), '\r');
  EXPECT_GE(updates, 9);
  EXPECT_LE(updates, 11);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(text.back(), '\n');
  for (std::size_t at = text.find('\r'); at != std::string::npos; at = text.find('\r', at + 1)) {
    const std::string line = text.substr(at + 1, text.find('\x1b', at) - at - 1);
    EXPECT_LE(line.size(), 79u);
    EXPECT_TRUE(line.ends_with(" left")) << line;
  }
}

TEST(Progress, ShowsTheRateOfThisSitting) {
  Capture capture;
  {
    Progress progress(capture.stream(), ProgressStyle::Lines);
    ProgressSnapshot snapshot = halfway();
    snapshot.draws_before = 500'000'000;
    snapshot.elapsed_seconds = 10.0;
    progress.finish(snapshot);
  }
  EXPECT_NE(capture.text().find("5.00e+07/s"), std::string::npos);
}

// A day in a batch system's log: every 10 s for 10 minutes, then every 60th of the time, at last every 10
// minutes.
TEST(Progress, LinesBecomeRarer) {
  Capture capture;
  {
    Progress progress(capture.stream(), ProgressStyle::Lines);
    ProgressSnapshot snapshot = halfway();
    for (snapshot.elapsed_seconds = 0.0; snapshot.elapsed_seconds < 86'400.0;
         snapshot.elapsed_seconds += 1.0) {
      progress.update(snapshot);
    }
  }
  const std::string text = capture.text();
  // 60, log(36000 / 600) / log(1 + 1 / 60) and (86400 - 36000) / 600.
  EXPECT_NEAR(static_cast<double>(std::count(text.begin(), text.end(), '\n')), 60.0 + 244.0 + 84.0, 8.0);
}

TEST(Progress, PilotsAreCounted) {
  ProgressSnapshot snapshot;
  snapshot.pilots_done = 12;
  snapshot.pilots_total = 72;
  snapshot.elapsed_seconds = 34.0;
  for (const auto& format : {format_progress, format_brief_progress}) {
    EXPECT_EQ(format(snapshot, 0.0), "pilots of 12/72 cells, 34 s");
  }
}

TEST(ProgressStyle, FollowsTheStream) {
  Capture capture;
  EXPECT_EQ(choose_progress_style(capture.stream(), true), ProgressStyle::Quiet);
  EXPECT_EQ(choose_progress_style(capture.stream(), false), ProgressStyle::Lines);
}

}  // namespace
}  // namespace gnc
