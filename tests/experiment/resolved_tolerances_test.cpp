#include "host/experiment/resolved_tolerances.hpp"

#include <gtest/gtest.h>

#include <string>

#include "host/errors.hpp"
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

TEST(ResolvedTolerances, SplittingStopsWhereLossesAreRounding) {
  EXPECT_EQ(refusal(splitting_to(1.01 * kLeast), {}), "");
  const std::string message = refusal(splitting_to(1e-11), {});
  for (const char* part : {"option --eps-train: got 1e-11, expected", "1.5e-11", "splitting", "up to 2"}) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
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
