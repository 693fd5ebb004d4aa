#include "host/experiment/estimator_choice.hpp"

#include <gtest/gtest.h>

#include "host/config/presets.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/run_experiment.hpp"
#include "host/problem/problem_file.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/reference_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// fig1-linear's experiment on the reference problem, two widths.
Config reference_config(double eps_train, std::uint64_t num_samples) {
  Config config;
  config.num_seeds = 1;
  config.gnc_eps_train = {eps_train};
  config.gnc_num_samples = num_samples;
  config.points = {{5, 2, 0.0, 0.0}, {40, 2, 0.0, 0.0}};
  config.estimator = Estimator::Auto;
  config.gd = false;
  return config;
}

std::string sensing_problem() {
  return problem_json(read_problem(reference_folder() + "/sensing-rank1.json")).dump();
}

// P is 1.7e-4 at width 5 and 2.3e-5 at width 40 (tests/reference/cases.json).
TEST(ChooseEstimators, RejectsWhereTheBudgetAcceptsEnough) {
  const auto plans = choose_estimators(reference_config(0.02, 4'000'000'000), sensing_problem(), 2);
  ASSERT_EQ(plans.size(), 2u);
  for (const CellPlan& plan : plans) {
    EXPECT_EQ(plan.estimator, Estimator::Reject) << plan.reason;
    EXPECT_EQ(plan.budget, 4'000'000'000u);
  }
}

TEST(ChooseEstimators, ConditionsWhereItDoesNot) {
  const auto plans = choose_estimators(reference_config(0.02, 100'000'000), sensing_problem(), 1);
  EXPECT_EQ(plans[0].estimator, Estimator::Reject) << plans[0].reason;
  EXPECT_EQ(plans[1].estimator, Estimator::Conditional) << plans[1].reason;
  EXPECT_NE(plans[1].reason.find(
                std::to_string(plans[1].budget) +
                " hidden draws are taken, which is 3 times what gives the rate to 1 % by the pilot"),
            std::string::npos)
      << plans[1].reason;
  // The relative variance of a hidden draw's weight at width 40, 1.6 by cases.json's own hidden draws.
  EXPECT_GT(plans[1].budget, 3 * 8'000u);
  EXPECT_LT(plans[1].budget, 3 * 40'000u);
}

TEST(ChooseEstimators, SplitsWhereWeightsAreHeavy) {
#ifdef __SANITIZE_ADDRESS__
  const Config config =
      reference_config(1e-4, 100'000);  // a shorter pilot of rejection, which finds nothing either way
#else
  const Config config = reference_config(1e-4, 100'000'000);
#endif
  const auto plans = choose_estimators(config, sensing_problem(), 2);
  EXPECT_EQ(plans[0].estimator, Estimator::Splitting) << plans[0].reason;
  EXPECT_EQ(plans[0].budget, static_cast<std::uint64_t>(config.splitting_populations));
  EXPECT_EQ(plans[1].estimator, Estimator::Conditional) << plans[1].reason;
  EXPECT_EQ(choose_estimators(config, sensing_problem(), 1), plans) << "the choice depends on threads";
  const auto lines = plan_lines(config, plans);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find("width 5, depth 2: splitting for 1 of 1 seeds (conditional: Pareto k-hat"),
            std::string::npos)
      << lines[0];
}

struct Rejection {
  Prior prior;
  double eps_train;
  std::uint64_t num_samples;
  Estimator estimator;
  std::string reason;
};

// Where conditional does not apply. P is 0.036 with the uniform prior; with a normalised network 5.2e-7 at
// tolerance 0.0035 and 1.9e-12 at 0.00035 (cases.json).
TEST(ChooseEstimators, WhatAPilotOfRejectionCannotTellIsSaid) {
  const std::vector<Rejection> cases{
      {Prior::Unif, 0.02, 1'000'000, Estimator::Reject, "about "},
      {Prior::Unif, 0.02, 100'000, Estimator::Splitting, "fewer than 10000 accepted draws of 1e+05"},
#ifndef __SANITIZE_ADDRESS__  // pilots of seconds
      {Prior::Gauss, 0.0035, 1'000'000'000'000, Estimator::Reject, "at least "},
      {Prior::Gauss, 0.0035, 1'000'000'000, Estimator::Splitting, "fewer than 10000 accepted draws of 1e+09"},
      {Prior::Gauss, 0.00035, 1'000'000'000'000, Estimator::Splitting,
       "0 accepted in a pilot of 10737418 draws do not tell whether 1e+12 would accept 10000"},
#endif
  };
  for (const Rejection& known : cases) {
    Config config = reference_config(known.eps_train, known.num_samples);
    const bool normalised = known.prior == Prior::Gauss;
    config.points = {{5, normalised ? 4 : 2, 0.0, 0.0}};
    config.gnc_init = known.prior;
    config.gnc_normalize = normalised;
    const CellPlan plan = choose_estimators(config, sensing_problem(), 1).at(0);
    EXPECT_EQ(plan.estimator, known.estimator) << plan.reason;
    EXPECT_NE(plan.reason.find(known.reason), std::string::npos) << plan.reason;
  }
}

TEST(ChooseEstimators, SplitsWhereConditionalDoesNotApply) {
  for (const auto& change : std::vector<nlohmann::ordered_json>{
           {{"gnc_init", "unif"}}, {{"gnc_normalize", true}}, {{"depth", 1}}}) {
    nlohmann::ordered_json changes{{"estimator", "auto"}, {"gnc_eps_train", {1e-7}}};
    changes.update(change);
    for (const CellPlan& plan : choose_estimators(small_experiment(changes), std::nullopt, 2)) {
      EXPECT_EQ(plan.estimator, Estimator::Splitting) << plan.reason;
      EXPECT_NE(plan.reason.find("does not apply"), std::string::npos) << plan.reason;
    }
  }
}

TEST(ChooseEstimators, ConditionalAppliesAtInfiniteWidth) {
  nlohmann::ordered_json changes{{"estimator", "auto"},   {"activation", "Linear"}, {"draw", "product"},
                                 {"width", "inf"},        {"depth", 1000},          {"num_seeds", 1},
                                 {"gnc_eps_train", {0.1}}};
  nlohmann::ordered_json json = small_experiment_json();
  json.erase("widths");
  json.update(changes);
  Config config = parse_config(json, "small.json").config;
  config.gnc_num_samples = 100'000'000;
  std::vector<CellPlan> plans = choose_estimators(config, std::nullopt, 1);
  EXPECT_EQ(plans.at(0).estimator, Estimator::Reject) << plans[0].reason;
  config.gnc_eps_train = {1e-7};
  plans = choose_estimators(config, std::nullopt, 1);
  EXPECT_EQ(plans.at(0).estimator, Estimator::Conditional) << plans[0].reason;
  EXPECT_EQ(plan_lines(config, plans).at(0).rfind("width inf, depth 1000: conditional for 1 of 1 seeds", 0),
            0u);
}

TEST(ChooseEstimators, AnEngineNeedsWhatAutoMayChoose) {
  Config config = reference_config(0.02, 1000);
  using Estimators = std::vector<Estimator>;
  EXPECT_EQ(possible_estimators(config, {5, 2, 0.0, 0.0}),
            (Estimators{Estimator::Reject, Estimator::Splitting, Estimator::Conditional}));
  EXPECT_EQ(possible_estimators(config, {5, 1, 0.0, 0.0}),
            (Estimators{Estimator::Reject, Estimator::Splitting}));
  config.estimator = Estimator::Splitting;
  EXPECT_EQ(possible_estimators(config, {5, 2, 0.0, 0.0}), Estimators{Estimator::Splitting});
}

TEST(ChooseEstimators, ARunFollowsThePlanOfEachCell) {
  const Config config = small_experiment({{"estimator", "auto"},
                                          {"gd", false},
                                          {"splitting_particles", 64},
                                          {"splitting_sweeps", 2},
                                          {"splitting_populations", 3}});
  const std::vector<CellPlan> plans{{Estimator::Reject, 20'000, "a"},
                                    {Estimator::Conditional, 3'000, "b"},
                                    {Estimator::Splitting, 3, "c"},
                                    {Estimator::Reject, 20'000, "d"}};
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt, plans);
  RunOptions options;
  options.workers.threads = 2;
  options.workers.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  ASSERT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  const RunResults results = collect_results(ledger);
  EXPECT_TRUE(results.finished);
  for (std::size_t cell = 0; cell < plans.size(); ++cell) {
    EXPECT_EQ(results.cells[cell].estimator, plans[cell].estimator);
    EXPECT_EQ(results.cells[cell].reason, plans[cell].reason);
    EXPECT_EQ(results.cells[cell].curve.empty(), plans[cell].estimator != Estimator::Splitting);
    for (const ToleranceResult& result : results.cells[cell].tolerances) {
      EXPECT_GT(result.rate_low, 0.0);
      EXPECT_LT(result.rate_high, 1.0);
      EXPECT_TRUE(result.gnc_gen.has_value());
    }
  }
  EXPECT_EQ(results.cells[0].drawn, 20'000u);
  EXPECT_EQ(results.cells[1].drawn, 3'000u);
}

}  // namespace
}  // namespace gnc
