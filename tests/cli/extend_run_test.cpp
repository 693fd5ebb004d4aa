#include "host/cli/extend_run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/errors.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// A run of four cells that nothing was drawn of. The config says 20,000 draws and 24 populations.
class ExtendRun : public testing::Test {
 protected:
  Ledger ledger_of(const std::string& estimator, const std::vector<CellPlan>& plans = {}) {
    return Ledger::create(scratch_.path(), small_experiment({{"estimator", estimator}}), "cpu", "fma",
                          std::nullopt, plans);
  }
  static std::vector<std::uint64_t> budgets(const Ledger& ledger) {
    std::vector<std::uint64_t> all;
    for (const PlannedCell& cell : ledger.cells()) all.push_back(cell.plan.budget);
    return all;
  }
  static void expect_refused(Ledger& ledger, std::optional<std::uint64_t> num_samples,
                             std::optional<std::int64_t> populations, const std::vector<std::string>& named) {
    const RunPlan before = ledger.plan();
    try {
      extend_run(ledger, num_samples, populations, "DIR");
      FAIL();
    } catch (const UsageError& error) {
      const std::string message = error.what();
      EXPECT_TRUE(message.starts_with("DIR: ")) << message;
      for (const std::string& part : named) EXPECT_NE(message.find(part), std::string::npos) << message;
    }
    EXPECT_TRUE(ledger.plan() == before);
  }

  ScratchFolder scratch_;
};

const CellPlan kReject{Estimator::Reject, 20'000, "r"};
const CellPlan kConditional{Estimator::Conditional, 8192, "c"};
const CellPlan kSplitting{Estimator::Splitting, 24, "s"};

TEST_F(ExtendRun, GivesEveryCellMore) {
  Ledger ledger = ledger_of("reject");
  EXPECT_EQ(extend_run(ledger, 50'000, 24, "DIR"),
            "DIR goes on with a larger budget: of 4 cells 4 to 5e+04 draws");
  EXPECT_EQ(budgets(ledger), (std::vector<std::uint64_t>{50'000, 50'000, 50'000, 50'000}));
}

TEST_F(ExtendRun, SaysNothingWhereNothingIsAskedFor) {
  Ledger ledger = ledger_of("reject");
  EXPECT_EQ(extend_run(ledger, std::nullopt, std::nullopt, "DIR"), "");
  EXPECT_EQ(extend_run(ledger, 20'000, 24, "DIR"), "");
}

TEST_F(ExtendRun, CountsTheCellsThatGrow) {
  Ledger ledger = ledger_of("auto", {kReject, kConditional, kSplitting, kReject});
  const std::string line = extend_run(ledger, 50'000, std::nullopt, "DIR");
  EXPECT_NE(line.find("of 4 cells 2 to 5e+04 draws, 2 as before (estimator auto"), std::string::npos) << line;
  EXPECT_EQ(budgets(ledger), (std::vector<std::uint64_t>{50'000, 8192, 24, 50'000}));
  const std::string both = extend_run(ledger, 60'000, 30, "DIR");
  EXPECT_NE(both.find("of 4 cells 2 to 6e+04 draws, 1 to 30 populations, 1 as before"), std::string::npos)
      << both;
  EXPECT_EQ(budgets(ledger), (std::vector<std::uint64_t>{60'000, 8192, 30, 60'000}));
}

TEST_F(ExtendRun, RefusesWhatNoCellTakes) {
  Ledger ledger = ledger_of("splitting");
  for (const std::uint64_t num_samples : {1'000u, 200'000u}) {
    expect_refused(ledger, num_samples, std::nullopt,
                   {"--num-samples: got " + std::to_string(num_samples), "expected 20000",
                    "no cell of which takes it", "splitting (--populations gives more)"});
  }
  // All or nothing: the populations alone would do.
  expect_refused(ledger, 200'000, 30, {"--num-samples"});
}

TEST_F(ExtendRun, RefusesPopulationsOfReject) {
  Ledger ledger = ledger_of("reject");
  expect_refused(ledger, std::nullopt, 30, {"--populations: got 30", "reject (--num-samples gives more)"});
}

TEST_F(ExtendRun, RefusesDrawsWhereAPilotChoseThem) {
  Ledger ledger = ledger_of("auto", {kConditional, kConditional, kSplitting, kConditional});
  expect_refused(ledger, 50'000, std::nullopt,
                 {"conditional (with as many hidden draws as the pilots of auto"});
}

TEST_F(ExtendRun, RefusesLess) {
  Ledger ledger = ledger_of("reject");
  expect_refused(ledger, 19'999, std::nullopt, {"more, not less", "20000", "19999"});
}

TEST(KeptBudgets, AreToldWhereTheExperimentHasOthersAndNoOptionSaysSo) {
  RunPlan run;
  run.config.gnc_num_samples = 10'000;
  run.cells = {{{5, 2, 0.0, 0.0}, 0, 1, kReject}};
  Config asked;
  asked.name = "fig1-linear";
  asked.gnc_num_samples = 100'000'000;
  Overrides options;
  EXPECT_EQ(kept_budgets(run, asked, options, "DIR"),
            std::vector<std::string>{"DIR keeps its 10000 draws a cell, where fig1-linear has 100000000; "
                                     "--num-samples gives it more"});
  asked.splitting_populations = 48;
  EXPECT_EQ(kept_budgets(run, asked, options, "DIR").size(), 1u);
  run.config.estimator = Estimator::Auto;
  run.cells.push_back({{5, 2, 0.0, 0.0}, 1, 1, kSplitting});
  EXPECT_EQ(kept_budgets(run, asked, options, "DIR").size(), 2u);
  options.num_samples = 100'000'000;
  EXPECT_EQ(kept_budgets(run, asked, options, "DIR"),
            std::vector<std::string>{
                "DIR keeps its 24 populations, where fig1-linear has 48; --populations gives it more"});
  options.chunk_size = 7;
  options.splitting_populations = 24;
  EXPECT_EQ(kept_budgets(run, asked, options, "DIR"),
            std::vector<std::string>{"DIR keeps its chunks; --chunk-size is for a run that begins"});
  run.config.chunk_size = 7;
  EXPECT_TRUE(kept_budgets(run, asked, options, "DIR").empty());
  run.config.estimator = Estimator::Splitting;
  run.cells.erase(run.cells.begin());
  options = {};
  EXPECT_EQ(kept_budgets(run, asked, options, "DIR").size(), 1u);
  EXPECT_TRUE(kept_budgets(run, run.config, options, "DIR").empty());
}

}  // namespace
}  // namespace gnc
