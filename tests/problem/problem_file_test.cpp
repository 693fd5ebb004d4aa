#include "host/problem/problem_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/config/json_file.hpp"
#include "host/errors.hpp"
#include "host/problem/random_problem.hpp"
#include "tests/reference_folder.hpp"
#include "tests/test_name.hpp"

namespace gnc {
namespace {

Problem parse(const std::string& text) { return parse_problem(parse_json(text, "p.json"), "p.json"); }

void expect_equal(const Problem& a, const Problem& b) {
  EXPECT_EQ(a.ground_truth, b.ground_truth);
  EXPECT_EQ(a.A_train, b.A_train);
  EXPECT_EQ(a.b_train, b.b_train);
  EXPECT_EQ(a.A_test, b.A_test);
  EXPECT_EQ(a.b_test, b.b_test);
}

TEST(ProblemFile, SmallProblemByHand) {
  const Problem problem = parse(R"({"n_rows":1,"n_cols":3,"ground_truth":[[1,-2,3]],
                                    "A_train":[[[0,1,0]],[[2,0,0.5]]]})");
  EXPECT_EQ(problem.b_train, Eigen::Vector2d(-2.0, 3.5));
  ASSERT_EQ(problem.n_test(), 1);
  // The complement of (0,1,0) and (2,0,1/2) is (1,0,-4)/sqrt(17), up to its sign.
  EXPECT_NEAR(std::abs(problem.b_test(0)), 11.0 / std::sqrt(17.0), 1e-12);
}

TEST(ProblemFile, GivenTargetsAndTestMeasurementsAreKept) {
  const Problem problem = parse(R"({"n_rows":2,"n_cols":1,"ground_truth":[[1],[2]],"A_train":[[[1],[0]]],
                                    "b_train":[1.25],"A_test":[[[0],[1]],[[1],[1]]],"b_test":[7,8]})");
  EXPECT_EQ(problem.b_train(0), 1.25);
  EXPECT_EQ(problem.A_test, (RowMatrix(2, 2) << 0, 1, 1, 1).finished());
  EXPECT_EQ(problem.b_test, Eigen::Vector2d(7, 8));
}

TEST(ProblemFile, RankDeficientMeasurementsLeaveALargerComplement) {
  const Problem problem =
      parse(R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,1]],[[2,2]]]})");
  EXPECT_EQ(problem.n_test(), 1);
}

TEST(ProblemFile, ReferenceProblemsAreRead) {
  for (const char* name : {"sensing-rank1", "completion-rank1"}) {
    const Problem problem = read_problem(reference_folder() + "/" + name + ".json");
    EXPECT_EQ(problem.n_train(), 15);
    EXPECT_EQ(problem.n_test(), 10);
    EXPECT_NEAR(problem.ground_truth.norm(), 1.0, 1e-6);
    // Measured and unmeasured parts of the ground truth together make up its norm (both A are orthonormal
    // for completion only).
    if (std::string(name) == "completion-rank1") {
      EXPECT_NEAR(problem.b_train.squaredNorm() + problem.b_test.squaredNorm(),
                  problem.ground_truth.squaredNorm(), 1e-12);
    }
  }
}

TEST(ProblemFile, WritingAndReadingGivesTheSameDoubles) {
  Config config;
  config.n_rows = 3;
  config.n_cols = 4;
  config.num_measurements = 7;
  const std::string path = testing::TempDir() + "problem_round_trip.json";
  for (const bool completion : {false, true}) {
    config.completion = completion;
    const Problem problem = random_problem(config, 11);
    write_problem(problem, path);
    expect_equal(read_problem(path), problem);
  }
  std::filesystem::remove(path);
}

TEST(ProblemFile, FailureToWriteIsARunErrorAndLeavesNothing) {
  Config config;
  const Problem problem = random_problem(config, 0);
  try {
    write_problem(problem, testing::TempDir() + "no_such_folder/p.json");
    FAIL();
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what()).find("No such file"), std::string::npos) << error.what();
  }
  if (std::filesystem::exists("/dev/full")) {
    EXPECT_THROW(write_problem(problem, "/dev/full"), RunError);
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
  }
}

TEST(ProblemFile, DecidesTheSizesOfTheConfig) {
  const Problem problem = parse(R"({"n_rows":2,"n_cols":3,"ground_truth":[[3,0,0],[0,4,0]],
                                    "A_train":[[[1,0,0],[0,0,0]],[[0,1,0],[0,0,0]]]})");
  Config config;
  config.points = {{5, 2, 0.01, 0.01}};
  config.problem_file = "p.json";
  const Config sized = with_problem_sizes(config, problem, {"gt_norm"}, "c.json");
  EXPECT_EQ(sized.n_rows, 2);
  EXPECT_EQ(sized.n_cols, 3);
  EXPECT_EQ(sized.num_measurements, 2);
  EXPECT_EQ(sized.gt_rank, 2);
  EXPECT_DOUBLE_EQ(sized.gt_norm, 5.0);
  for (const char* key : {"n_rows", "n_cols", "num_measurements"}) {
    try {
      with_problem_sizes(config, problem, {key}, "c.json");
      FAIL() << key;
    } catch (const UsageError& error) {
      const std::string message = error.what();
      for (const char* part : {"c.json", key, "p.json"})
        EXPECT_NE(message.find(part), std::string::npos) << message;
    }
  }
}

struct Malformed {
  const char* text;
  std::vector<const char*> named;
};

class MalformedProblem : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedProblem, MessageNamesTheCulprit) {
  try {
    parse(GetParam().text);
    FAIL() << "accepted: " << GetParam().text;
  } catch (const UsageError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("p.json"), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const char* part : GetParam().named) EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedProblem,
    testing::Values(
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,)", {"not valid JSON", "\"ground_truth\""}},
        Malformed{"null", {"null", "JSON object"}}, Malformed{"{}", {"\"n_rows\"", "missing"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]]})", {"\"A_train\"", "missing"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"A_train":[[[1,2]]]})", {"\"ground_truth\"", "missing"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_trian":[[[1,2]]]})",
                  {"\"A_trian\"", "\"A_train\""}},
        Malformed{R"({"n_rows":1,"n_rows":1})", {"\"n_rows\"", "twice"}},
        Malformed{R"({"n_rows":0,"n_cols":2,"ground_truth":[],"A_train":[]})", {"\"n_rows\"", "got 0"}},
        Malformed{R"({"n_rows":1,"n_cols":-2,"ground_truth":[],"A_train":[]})", {"\"n_cols\"", "-2"}},
        Malformed{R"({"n_rows":4000,"n_cols":4000,"ground_truth":[],"A_train":[]})",
                  {"\"n_rows\"", "4000 x 4000"}},
        Malformed{R"({"n_rows":1,"n_cols":1,"ground_truth":[[1]],"A_train":[[[1]]]})",
                  {"\"n_rows\"", "1 x 1"}},
        Malformed{R"({"n_rows":2,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,2],[3,4]]]})",
                  {"\"ground_truth\"", "a list of 1 values", "2 rows"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2,3]],"A_train":[[[1,2]]]})",
                  {"\"ground_truth\", item 1", "2 numbers"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,"x"]],"A_train":[[[1,2]]]})",
                  {"\"ground_truth\", item 1, item 2", "\"x\""}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,1e200]],"A_train":[[[1,2]]]})",
                  {"\"ground_truth\", item 1, item 2", "1e+200"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[0,0]],"A_train":[[[1,2]]]})",
                  {"\"ground_truth\"", "norm 0", "1e-15"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[9e14,9e14]],"A_train":[[[1,2]]]})",
                  {"\"ground_truth\"", "norm 1272792206135785.5"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,NaN]],"A_train":[[[1,2]]]})",
                  {"\"ground_truth\"", "not valid JSON"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[]})",
                  {"\"A_train\"", "a list of 0 values"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[1,2]]})",
                  {"\"A_train\", item 1", "a list of 2 values", "1 rows"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,null]]]})",
                  {"\"A_train\", item 1, item 1, item 2", "null"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]],[[0,1]],[[1,1]]]})",
                  {"\"A_train\"", "a list of 3 values", "1 to 2 measurements"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]],[[0,1]]]})",
                  {"\"A_train\"", "span all 2 entries"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]]],"b_train":[1,2]})",
                  {"\"b_train\"", "a list of 2 values", "a list of 1"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]]],"b_train":[true]})",
                  {"\"b_train\", item 1", "true"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]]],"b_test":[2]})",
                  {"\"b_test\"", "\"A_test\""}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]]],"A_test":[]})",
                  {"\"A_test\"", "a list of 0 values"}},
        Malformed{R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]]],"A_test":[[[0,1]]],
                      "b_test":[]})",
                  {"\"b_test\"", "a list of 0 values"}}),
    [](const auto& of) { return test_name(of.index, of.param.text); });

}  // namespace
}  // namespace gnc
