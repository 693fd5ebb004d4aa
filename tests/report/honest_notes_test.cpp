#include "host/report/honest_notes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

TEST(HonestNotes, SayWhereCsvFilesHaveRatesByTheirLogarithmAlone) {
  RunResults run = sample_run();
  ToleranceResult& result = run.cells[0].tolerances[0];
  result.acceptance_rate = result.rate_low = 0.0;
  result.log10 = {-336.0, -336.1, -335.9};
  EXPECT_TRUE(result.has_rate());
  const auto notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_NE(notes[1].find("Rates below 2.2e-308 in 1 of 7 results"), std::string::npos) << notes[1];
}

TEST(HonestNotes, NameWidthsThatNothingDependsOn) {
  RunResults run = sample_run();
  run.config.points = {{5, 1, 0.0, 0.0}, {5, 2, 0.0, 0.0}, {10, 2, 0.0, 0.0}};
  ASSERT_EQ(honest_notes(run).size(), 1u);
  run.config.points.push_back({10, 1, 0.0, 0.0});
  const auto notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_NE(notes[0].find("depth 1 have no hidden layer"), std::string::npos) << notes[0];
}

TEST(HonestNotes, NameProductsThatCannotBeNormalised) {
  RunResults run = sample_run();
  run.cells[2].saturated = run.cells[2].without_loss = 3;
  const auto notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_NE(notes[1].find("Y is 0 or beyond single precision in 3 of the draws"), std::string::npos);
}

TEST(HonestNotes, NamePriorMeansWhoseTailWasMissed) {
  RunResults run = sample_run();
  for (CellResult& cell : run.cells) {
    cell.prior_count = 1'000'000;
    cell.prior_gen = 0.25;
    cell.prior_gen_se = 1e-5;
  }
  ASSERT_EQ(honest_notes(run).size(), 1u);
  run.cells[3].prior_error_by_law = 2.0;
  auto notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_NE(
      notes[1].find("few draws of large loss in 1 of 4 cells (standard error up to more than the whole"),
      std::string::npos)
      << notes[1];
  run.cells[3].prior_gen_se.reset();
  EXPECT_EQ(honest_notes(run).size(), 2u);
  run.cells[3].prior_error_by_law = 0.01;
  notes = honest_notes(run);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_NE(notes[1].find("up to 0.04 of the mean"), std::string::npos) << notes[1];
  run.cells[3].prior_error_by_law = 0.005;
  EXPECT_EQ(honest_notes(run).size(), 1u);
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

/// The sample run at so many tolerances, at the i-th of which its first i cells, of four, have accepted
/// nothing.
RunResults emptier_and_emptier(std::size_t tolerances) {
  RunResults run = sample_run();
  run.config.gnc_eps_train.clear();
  for (std::size_t i = 0; i < tolerances; ++i) {
    run.config.gnc_eps_train.push_back(1.0 / static_cast<double>(1 + i));
  }
  for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
    const ToleranceResult accepted = sample_run().cells[cell].tolerances[0];
    run.cells[cell].tolerances.clear();
    for (std::size_t i = 0; i < tolerances; ++i) {
      const double eps_train = run.config.gnc_eps_train[i];
      run.cells[cell].tolerances.push_back(cell < i ? none_accepted(eps_train, 3.7e-6) : accepted);
      run.cells[cell].tolerances.back().eps_train = eps_train;
    }
  }
  return run;
}

TEST(HonestNotes, NameTolerancesWithoutAcceptedDrawsInOneNote) {
  const auto note_of = [](std::size_t tolerances) {
    const auto notes = honest_notes(emptier_and_emptier(tolerances));
    return notes.size() == 1 ? notes[0].substr(0, notes[0].find(':')) : fmt::format("{} notes", notes.size());
  };
  EXPECT_EQ(note_of(1), "0 notes");
  EXPECT_EQ(note_of(2), "No draw was accepted in 1 of 4 cells at tolerance 0.5");
  EXPECT_EQ(note_of(3), "No draw was accepted in 1 of 4 cells at tolerance 0.5 and 2 of 4 at 0.333");
  EXPECT_EQ(
      note_of(5),
      "No draw was accepted in 1 of 4 cells at tolerance 0.5, 2 of 4 at 0.333, 3 of 4 at 0.25 and 4 of 4 "
      "at 0.2");
  EXPECT_EQ(note_of(9), "No draw was accepted in 1 to 4 of 4 cells at 8 tolerances from 0.5 down to 0.111");
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
