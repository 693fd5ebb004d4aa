#include "host/cli/problem_config.hpp"

#include <gtest/gtest.h>

#include <string>

#include "host/errors.hpp"

namespace gnc {
namespace {

TEST(ProblemConfig, OptionsReplaceTheConfigs) {
  ProblemCommand command;
  command.config = "fig6-tanh";
  EXPECT_EQ(problem_config(command).gt_rank, 2);
  EXPECT_EQ(problem_config(command).num_measurements, 22);
  command.n_cols = 7;
  command.gt_rank = 3;
  command.seed = 12;
  command.completion = true;
  const Config config = problem_config(command);
  EXPECT_EQ(config.n_rows, 5);
  EXPECT_EQ(config.n_cols, 7);
  EXPECT_EQ(config.gt_rank, 3);
  EXPECT_EQ(config.seed, 12u);
  EXPECT_TRUE(config.completion);
}

void expect_refused(const ProblemCommand& command, const std::string& option) {
  try {
    problem_config(command);
    FAIL() << option;
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(option), std::string::npos) << error.what();
  }
}

TEST(ProblemConfig, ValuesThatDoNotFitTogetherNameTheOption) {
  ProblemCommand command;
  command.num_measurements = 25;
  expect_refused(command, "--num-measurements");
  command = {};
  command.n_rows = 2;
  command.gt_rank = 3;
  expect_refused(command, "--gt-rank");
  command = {};
  command.n_rows = 4096;
  expect_refused(command, "--n-rows");
  command = {};
  command.config = "fig0";
  expect_refused(command, "fig0");
}

}  // namespace
}  // namespace gnc
