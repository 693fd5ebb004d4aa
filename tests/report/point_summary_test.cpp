#include "host/report/point_summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(PointSummary, TakesMedianQuartilesAndRangeOverSeeds) {
  const auto summaries = summarize_points(sample_run());
  ASSERT_EQ(summaries.size(), 4u);
  const PointSummary& first = summaries[0];
  EXPECT_EQ(first.width, 5);
  EXPECT_EQ(first.eps_train, 0.02);
  EXPECT_EQ(first.drawn, 2'000'000u);
  EXPECT_EQ(first.accepted, 2100u);
  ASSERT_TRUE(first.rate && first.gnc && first.gd && first.prior);
  EXPECT_DOUBLE_EQ(first.rate->median, 1.05e-3);
  EXPECT_DOUBLE_EQ(first.rate->lowest, 1.0e-3);
  EXPECT_DOUBLE_EQ(first.rate->highest, 1.1e-3);
  EXPECT_DOUBLE_EQ(first.gnc->median, 0.1 + 0.1 / 3.0);
  EXPECT_DOUBLE_EQ(first.gnc->q25, 0.1 + 0.05 / 3.0);
}

TEST(PointSummary, SeedsWithoutAcceptedDrawsGiveABound) {
  const PointSummary last = summarize_points(sample_run())[3];
  ASSERT_TRUE(last.rate && last.gnc);
  EXPECT_EQ(last.rate->without_accepted, 1);
  EXPECT_EQ(last.rate->median, 0.0);
  EXPECT_NEAR(last.rate->bound, -std::expm1(std::log(0.025) / 1e6), 1e-15);
  EXPECT_EQ(last.gnc->median, 0.1);
}

// One seed at 0.5 and one below 3.7e-6: the median of the two is unknown.
TEST(PointSummary, MedianThatRestsOnAnEmptySeedIsUnknown) {
  RunResults run = sample_run();
  run.cells[2].tolerances[1].acceptance_rate = 0.5;
  run.cells[2].tolerances[1].rate_high = 0.6;
  const PointSummary last = summarize_points(run)[3];
  ASSERT_TRUE(last.rate);
  EXPECT_EQ(last.rate->median, 0.0);
  EXPECT_EQ(last.rate->q25, 0.0);
  EXPECT_EQ(last.rate->q75, 0.0) << "between an empty seed and 0.5";
  ASSERT_TRUE(last.gnc);
  EXPECT_EQ(last.gnc->seeds, 1);
  CellResult third = run.cells[2];
  third.seed = 2;
  run.cells.push_back(third);
  EXPECT_EQ(summarize_points(run)[3].rate->median, 0.5) << "the empty seed ranks below the two others";
  EXPECT_TRUE(rests_on_some_seeds(last, *last.gnc));
  EXPECT_FALSE(rests_on_some_seeds(last, *last.rate));
}

// A rate that is known by a bound alone may be anywhere below it, above the others' too.
TEST(PointSummary, MedianIsUnknownWhereABoundMayLieAboveIt) {
  RunResults run = sample_run();
  for (const std::int64_t seed : {2, 3}) {
    run.cells.push_back(run.cells[2]);
    run.cells.back().seed = seed;
  }
  ASSERT_GT(summarize_points(run)[3].rate->median, 0.0) << "a bound below the three others";
  ToleranceResult& unknown = run.cells[3].tolerances[1];
  ASSERT_FALSE(unknown.has_rate());
  unknown.rate_high = 1.0;
  const PointSummary last = summarize_points(run)[3];
  EXPECT_EQ(last.rate->median, run.cells[2].tolerances[1].acceptance_rate) << "the three others are equal";
  run.cells[4].tolerances[1].acceptance_rate *= 2.0;
  EXPECT_EQ(summarize_points(run)[3].rate->median, 0.0);
  EXPECT_EQ(summarize_points(run)[3].rate->bound, 1.0);
}

TEST(PointSummary, DivergedDescentRanksAsInfinite) {
  RunResults run = sample_run();
  run.cells[0].gd_gen = INFINITY;
  run.cells[1].gd_gen = INFINITY;
  const auto summaries = summarize_points(run);
  ASSERT_TRUE(summaries[0].gd);
  EXPECT_TRUE(std::isinf(summaries[0].gd->median));
}

TEST(PointSummary, UnknownStaysUnknown) {
  RunResults run = sample_run();
  run.cells.clear();
  for (const PointSummary& summary : summarize_points(run)) {
    EXPECT_EQ(summary.drawn, 0u);
    EXPECT_FALSE(summary.rate || summary.gnc || summary.gd || summary.prior);
  }
}

TEST(HonestNotes, NameUnfinishedEmptyAndSaturated) {
  RunResults run = sample_run();
  auto notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("1 of 4 cells at tolerance 0.005"), std::string::npos);
  run.finished = false;
  run.cells[2].saturated = 3;
  notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_NE(notes[0].find("not finished"), std::string::npos);
  EXPECT_NE(notes[2].find("3 losses have squares too large"), std::string::npos);
  EXPECT_NE(notes[2].find("left empty (0) where losses above 8.4e+06"), std::string::npos) << notes[2];
  // What saturates has no error for that reason.
  run.cells[2].tolerances[0].gnc_gen_se.reset();
  EXPECT_EQ(honest_notes(run).size(), 3u);
  run.cells[0].tolerances[0].gnc_gen_se.reset();
  run.cells[1].tolerances[0].gnc_gen = 1e-11;
  EXPECT_NE(honest_notes(run)[2].find("Unknown standard errors of G&C losses: 1;"), std::string::npos);
  EXPECT_NE(honest_notes(run)[3].find("Mean losses below 1e-10: 1,"), std::string::npos);
  run.cells[2].prior_gen = 1e-11;
  EXPECT_NE(honest_notes(run)[3].find("Mean losses below 1e-10: 2,"), std::string::npos);
  run.cells[2].tiny_means = 1;
  run.cells[3].tiny_means = 2;
  EXPECT_NE(honest_notes(run)[4].find("left empty: 3."), std::string::npos);
  run = sample_run();
  run.finished = false;
  run.cells[2].saturated = 3;
  run.cells[0].gd_gen = INFINITY;
  notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 4u);
  EXPECT_NE(notes[2].find("diverged in 1 of 3 runs"), std::string::npos) << notes[2];
}

/// The notes of a run whose first cell is changed.
template <class Change>
std::vector<std::string> notes_with(Change change) {
  RunResults run = sample_run();
  run.finished = true;
  change(run.cells[0]);
  return honest_notes(run);
}

bool some_note_says(const std::vector<std::string>& notes, const std::string& text) {
  return std::ranges::any_of(notes, [&](const std::string& note) { return note.find(text) != note.npos; });
}

// 250,000 losses whose variance is 440 squared means, and 190 whose variance is 2 of them.
TEST(HonestNotes, APriorMeanThatRestsOnRareLargeLossesIsSaid) {
  const auto notes_of = [](double error, std::uint64_t count) {
    return notes_with([&](CellResult& cell) {
      cell.prior_gen = 0.2;
      cell.prior_gen_se = 0.2 * error;
      cell.prior_count = count;
    });
  };
  const auto notes = notes_of(0.042, 250'000);
  EXPECT_TRUE(some_note_says(notes, "few draws of large loss in 1 of 4 cells"));
  EXPECT_TRUE(some_note_says(notes, "up to 0.042 of the mean"));
  EXPECT_FALSE(some_note_says(notes_of(0.1, 190), "large loss"));
  EXPECT_FALSE(some_note_says(notes_of(0.002, 6'000'000), "large loss"));
}

TEST(HonestNotes, QuartilesOfFewEffectiveDrawsAreSaid) {
  const auto notes_of = [](double ess, std::uint64_t stored) {
    return notes_with([&](CellResult& cell) {
      cell.tolerances[0].ess = ess;
      cell.tolerances[0].gnc_gen_median = 0.1;
      cell.tolerances[0].quantile_draws = stored;
    });
  };
  EXPECT_TRUE(some_note_says(notes_of(2868.0, 13), "fewer than 100 effective draws in 1 of 1"));
  EXPECT_TRUE(some_note_says(notes_of(2868.0, 13), "(least 13)"));
  EXPECT_FALSE(some_note_says(notes_of(2868.0, 100), "effective draws"));
  // Then the means are rough as well, which is said instead.
  EXPECT_FALSE(some_note_says(notes_of(50.0, 13), "effective draws"));
}

}  // namespace
}  // namespace gnc
