#include "host/experiment/resolved_tolerances.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>

#include "host/engine/prepared_cell.hpp"
#include "host/errors.hpp"
#include "host/experiment/prior_law.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cpu/draw_kernel.hpp"
#include "tests/experiment/small_experiment.hpp"

namespace gnc {
namespace {

// Targets of 0.5 and -2.
const std::string kProblem = R"({"n_rows": 2, "n_cols": 2, "ground_truth": [[0.5, -2], [0, 0]],)"
                             R"("A_train": [[[1, 0], [0, 0]], [[0, 1], [0, 0]]], "b_train": [0.5, -2],)"
                             R"("A_test": [[[0, 0], [1, 0]], [[0, 0], [0, 1]]], "b_test": [0, 0]})";
// (2^-19 * 2)^2 = 2^-36 = 1.46e-11
constexpr double kLeast = 0x1p-36;

Config splitting_to(double eps_train) {
  return small_experiment({{"estimator", "splitting"}, {"gnc_eps_train", {0.1, eps_train}}});
}

std::string refusal(const Config& config, const std::vector<CellPlan>& plans) {
  try {
    require_resolved_tolerances(config, plans, kProblem, ValueOrigin::option("--eps-train"));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(ResolvedTolerances, SinglePrecisionStopsWhereLossesAreRounding) {
  for (const auto& [estimator, name] :
       {std::pair{Estimator::Splitting, "splitting"}, std::pair{Estimator::Reject, "reject"}}) {
    Config config = splitting_to(1.01 * kLeast);
    config.estimator = estimator;
    EXPECT_EQ(refusal(config, {}), "");
    config.gnc_eps_train.back() = 1e-11;
    const std::string message = refusal(config, {});
    for (const char* part : {"option --eps-train: got 1e-11, expected", "1.5e-11", name, "up to 2"}) {
      EXPECT_NE(message.find(part), std::string::npos) << message;
    }
  }
}

// Targets of 0 have no size; |a_i| s is then 3 / sqrt(2).
TEST(ResolvedTolerances, TheSizeOfMeasuredEntriesUnderThePriorCounts) {
  Problem problem;
  problem.ground_truth = RowMatrix::Zero(2, 2);
  problem.A_train = RowMatrix::Zero(2, 4);
  problem.A_train(0, 1) = 1.0;
  problem.A_train(1, 3) = 3.0;
  problem.b_train = Eigen::VectorXd::Zero(2);
  const Point wide{2, 2, 0, 0};
  const Point narrow{1, 2, 0, 0};
  for (const Estimator estimator : {Estimator::Reject, Estimator::Splitting}) {
    EXPECT_DOUBLE_EQ(least_resolved_tolerance(problem, estimator, wide, 0.5), 4.5 * 0x1p-38);
  }
  EXPECT_DOUBLE_EQ(least_resolved_tolerance(problem, Estimator::Conditional, narrow, 0.5), 4.5e-10);
  EXPECT_EQ(least_resolved_tolerance(problem, Estimator::Conditional, wide, 0.5), 0.0);
}

TEST(ResolvedTolerances, NarrowLayersStopConditional) {
  Config config = small_experiment({{"n_rows", 2},
                                    {"n_cols", 2},
                                    {"num_measurements", 2},
                                    {"widths", {3, 1}},
                                    {"estimator", "conditional"},
                                    {"gnc_eps_train", {0.1, 1e-11}}});
  const std::string message = refusal(config, {});
  for (const char* part : {"got 1e-11", "5e-11", "conditional", "at width 1"}) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
  config.gnc_eps_train.back() = 6e-11;
  EXPECT_EQ(refusal(config, {}), "");
}

// By draws: within five standard errors of their mean square.
TEST(ResolvedTolerances, TheMeanSquareOfThePriorIsThatOfDraws) {
  for (const nlohmann::ordered_json& changes :
       {nlohmann::ordered_json{{"activation", "Linear"}},
        {{"activation", "Linear"}, {"gnc_init", "unif"}},
        {{"activation", "Leaky ReLU"}, {"negative_slope", 0.2}},
        {{"activation", "Linear"}, {"gnc_normalize", true}},
        {{"activation", "Linear"}, {"n_rows", 2}, {"n_cols", 4}, {"gnc_normalize", true}},
        {{"activation", "Leaky ReLU"}, {"negative_slope", -1.5}, {"n_rows", 2}, {"gnc_init", "unif"}}}) {
    const Config config = small_experiment(changes);
    const Point& point = config.points.front();
    const PreparedCell cell(config, point, 0, random_problem(config, 0));
    ScratchMemory memory;
    constexpr int kDraws = 20'000;
    double sum = 0.0, sum_of_squares = 0.0;
    for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
      double of_draw = 0.0;
      for (const float y : replay_draw(cell.view(), draw, memory).Y) of_draw += y * y;
      of_draw /= static_cast<double>(config.n_rows * config.n_cols);
      sum += of_draw;
      sum_of_squares += of_draw * of_draw;
    }
    const double mean = sum / kDraws;
    const double error = std::sqrt((sum_of_squares / kDraws - mean * mean) / kDraws);
    EXPECT_NEAR(prior_mean_square(config, point), mean, 5 * error + 1e-5 * mean) << changes;
  }
}

TEST(ResolvedTolerances, CellsOfOtherEstimatorsMayHaveAny) {
  Config config = splitting_to(1e-11);
  config.estimator = Estimator::Conditional;
  EXPECT_EQ(refusal(config, {}), "");
  config.estimator = Estimator::Auto;
  std::vector<CellPlan> plans(4);
  for (CellPlan& plan : plans) plan.estimator = Estimator::Conditional;
  EXPECT_EQ(refusal(config, plans), "");
  plans[3].estimator = Estimator::Splitting;
  EXPECT_NE(refusal(config, plans), "");
}

}  // namespace
}  // namespace gnc
