#include "host/cli/options.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "host/errors.hpp"
#include "host/report/shell_word.hpp"
#include "tests/report/scratch_folder.hpp"
#include "tests/test_name.hpp"

namespace gnc {
namespace {

using Words = std::vector<const char*>;

std::optional<Command> parse(Words words, std::string* printed = nullptr) {
  words.insert(words.begin(), "gnc");
  std::ostringstream out;
  auto command = parse_command_line(static_cast<int>(words.size()), words.data(), out);
  if (printed != nullptr) *printed = out.str();
  return command;
}

template <class T>
T parse_as(const Words& words) {
  return std::get<T>(parse(words).value());
}

/// What bad usage is answered with; empty where it is none.
std::string message(const Words& words) {
  try {
    parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Options, RunWithEveryOption) {
  const auto run = parse_as<RunCommand>({"run",
                                         "fig1-linear",
                                         "--out",
                                         "d",
                                         "--num-samples",
                                         "1e8",
                                         "--num-seeds",
                                         "3",
                                         "--widths",
                                         "5",
                                         "10",
                                         "--depths",
                                         "2,3",
                                         "--device",
                                         "cpu",
                                         "--engine",
                                         "cpu",
                                         "--draw",
                                         "product",
                                         "--estimator",
                                         "splitting",
                                         "--particles",
                                         "500",
                                         "--sweeps",
                                         "8",
                                         "--populations",
                                         "12",
                                         "--eps-train",
                                         "0.02",
                                         "1e-3",
                                         "--problem",
                                         "p.json",
                                         "--threads",
                                         "2",
                                         "--resume",
                                         "--no-gd",
                                         "--seed",
                                         "18446744073709551615",
                                         "--quiet",
                                         "--chunk-size",
                                         "4096",
                                         "--shard",
                                         "0/4"});
  EXPECT_EQ(run.experiment, "fig1-linear");
  EXPECT_EQ(run.out, "d");
  EXPECT_EQ(run.overrides.num_samples, 100'000'000u);
  EXPECT_EQ(run.overrides.num_seeds, 3);
  EXPECT_EQ(run.overrides.widths, (std::vector<std::int64_t>{5, 10}));
  EXPECT_EQ(run.overrides.depths, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(run.device, Device::Cpu);
  EXPECT_EQ(run.engine, EngineChoice::Cpu);
  EXPECT_EQ(run.overrides.draw, DrawLaw::Product);
  EXPECT_EQ(run.overrides.estimator, Estimator::Splitting);
  EXPECT_EQ(run.overrides.splitting_particles, 500);
  EXPECT_EQ(run.overrides.splitting_sweeps, 8);
  EXPECT_EQ(run.overrides.splitting_populations, 12);
  EXPECT_EQ(run.overrides.eps_train, (std::vector<double>{0.02, 1e-3}));
  EXPECT_EQ(run.overrides.problem_file, "p.json");
  EXPECT_EQ(run.threads, 2);
  EXPECT_TRUE(run.resume);
  EXPECT_TRUE(run.overrides.no_gd);
  EXPECT_EQ(run.overrides.seed, 18446744073709551615u);
  EXPECT_TRUE(run.quiet);
  EXPECT_EQ(run.overrides.chunk_size, 4096u);
  EXPECT_EQ(run.shard, "0/4");
}

TEST(Options, WidthsOfARunMayBeInfinite) {
  const auto run = parse_as<RunCommand>({"run", "c.json", "--widths", "5,40", "inf"});
  EXPECT_EQ(run.overrides.widths, (std::vector<std::int64_t>{5, 40, kInfiniteWidth}));
}

TEST(Options, RunDefaults) {
  const auto run = parse_as<RunCommand>({"run", "c.json"});
  EXPECT_FALSE(run.out);
  EXPECT_FALSE(run.overrides.num_samples);
  EXPECT_TRUE(run.overrides.widths.empty());
  EXPECT_EQ(run.threads, 0);
  EXPECT_EQ(run.device, Device::Auto);
  EXPECT_FALSE(run.resume || run.quiet || run.overrides.no_gd);
}

TEST(Options, AListBeforeTheExperimentDoesNotSwallowIt) {
  const auto run = parse_as<RunCommand>({"run", "--widths", "5,10", "20", "fig1-linear"});
  EXPECT_EQ(run.experiment, "fig1-linear");
  EXPECT_EQ(run.overrides.widths, (std::vector<std::int64_t>{5, 10, 20}));
}

TEST(Options, ListsAreSeparatedByBlanksACommaOrBoth) {
  for (const Words& list :
       {Words{"5", "10", "20"}, Words{"5,10,20"}, Words{"5,", "10", ",20"}, Words{"5", ",", "10,20"}}) {
    Words words = {"run", "c.json", "--widths"};
    words.insert(words.end(), list.begin(), list.end());
    EXPECT_EQ(parse_as<RunCommand>(words).overrides.widths, (std::vector<std::int64_t>{5, 10, 20}))
        << joined(list);
  }
}

TEST(Options, AResumedRunCanDoWithoutItsExperiment) {
  const auto run = parse_as<RunCommand>({"run", "--resume", "--out", "d"});
  EXPECT_TRUE(run.experiment.empty());
  EXPECT_TRUE(run.resume);
}

TEST(Options, AfterTwoDashesWordsAreTakenAsTheyAre) {
  EXPECT_EQ(parse_as<ReportCommand>({"report", "--", "--out="}).folder, "--out=");
}

TEST(Options, CudaChoicesParse) {
  const auto run = parse_as<RunCommand>({"run", "x", "--device", "cuda", "--engine", "cuda-gemm"});
  EXPECT_EQ(run.device, Device::Cuda);
  EXPECT_EQ(run.engine, EngineChoice::CudaGemm);
}

TEST(Options, OtherCommands) {
  EXPECT_FALSE(parse_as<ReportCommand>({"report", "d"}).out);
  EXPECT_EQ(parse_as<ReportCommand>({"report", "d", "--out", "e"}).out, "e");
  EXPECT_FALSE(parse_as<PresetsCommand>({"presets"}).name);
  EXPECT_EQ(parse_as<PresetsCommand>({"presets", "fig2-tanh"}).name, "fig2-tanh");
  EXPECT_TRUE(parse_as<ShowCommand>({"show", "d", "--json"}).json);
  EXPECT_FALSE(parse_as<ShowCommand>({"show", "d", "--json"}).watch);
  const auto watched = parse_as<ShowCommand>({"show", "d", "--watch", "--interval", "0.5"});
  EXPECT_TRUE(watched.watch);
  EXPECT_EQ(watched.interval, 0.5);
  EXPECT_EQ(parse_as<ReportCommand>({"report", "d"}).folder, "d");
  const auto replay = parse_as<ReplayCommand>({"replay", "d", "--cell", "3", "--index", "123456789012"});
  EXPECT_EQ(replay.cell, 3);
  EXPECT_EQ(replay.index, 123456789012u);
  const auto problem = parse_as<ProblemCommand>(
      {"problem", "--n-rows", "3", "--gt-norm", ".5", "--completion", "--replicate", "2", "--out", "p.json"});
  EXPECT_EQ(problem.n_rows, 3);
  EXPECT_EQ(problem.gt_norm, 0.5);
  EXPECT_TRUE(problem.completion);
  EXPECT_EQ(problem.replicate, 2);
  EXPECT_EQ(problem.out, "p.json");
  const auto bench = parse_as<BenchCommand>(
      {"bench", "--widths", "7", "--activation", "Leaky ReLU", "--seconds", "0.25", "--json"});
  EXPECT_EQ(bench.widths, std::vector<std::int64_t>{7});
  EXPECT_EQ(bench.depths, std::vector<std::int64_t>{2});
  EXPECT_EQ(bench.activation, Activation::LeakyRelu);
  EXPECT_EQ(bench.seconds, 0.25);
  const auto merge = parse_as<MergeCommand>({"merge", "out", "a", "b"});
  EXPECT_EQ(merge.out, "out");
  EXPECT_EQ(merge.folders, (std::vector<std::string>{"a", "b"}));
}

TEST(Options, HelpIsACommandToo) {
  for (const auto& [command, option] : {std::pair{Words{"help"}, Words{"--help"}},
                                        std::pair{Words{"help", "merge"}, Words{"merge", "--help"}}}) {
    std::string printed;
    std::string expected;
    EXPECT_FALSE(parse(command, &printed));
    EXPECT_FALSE(parse(option, &expected));
    EXPECT_EQ(printed, expected);
    EXPECT_NE(printed, "");
  }
}

TEST(Options, AFarNameIsNoHint) {
  EXPECT_EQ(message({"run", "a", "--frob"}),
            "gnc run: unknown option --frob, expected one that gnc run --help explains");
  EXPECT_EQ(message({"run", "a", "--dwar"}),
            "gnc run: unknown option --dwar, expected one that gnc run --help explains; the nearest one is "
            "\"--draw\"");
  EXPECT_EQ(message({"paint"}),
            "unknown command or option \"paint\", expected one of run, presets, show, report, replay, "
            "problem, bench, merge");
}

TEST(Options, NumbersAreQuotedAsTheyWereWritten) {
  EXPECT_EQ(message({"run", "a", "--seed", "18446744073709551616"}),
            "option --seed: got 18446744073709551616, expected an integer from 0 to 18446744073709551615");
  EXPECT_EQ(message({"run", "a", "--num-samples", "1e19"}),
            "option --num-samples: got 1e19, expected an integer from 1 to 9223372036854775807");
  EXPECT_EQ(message({"run", "a", "--widths", "5,0.50"}),
            "option --widths: got 0.50, expected an integer from 1 to 1000000 or \"inf\"");
  EXPECT_EQ(message({"run", "a", "--eps-train", "0.0"}),
            "option --eps-train: got 0.0, expected a finite number above 0 and at most 1e+300");
}

TEST(Options, ARunMayBeNamedByItsLedger) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path().string();
  const std::string ledger = folder + "/run.sqlite";
  EXPECT_EQ(parse_as<ShowCommand>({"show", ledger.c_str()}).folder, ledger) << "there is none";
  std::ofstream(ledger) << "x";
  EXPECT_EQ(parse_as<ShowCommand>({"show", ledger.c_str()}).folder, folder);
  EXPECT_EQ(parse_as<ReportCommand>({"report", ledger.c_str()}).folder, folder);
  EXPECT_EQ(parse_as<ReplayCommand>({"replay", ledger.c_str(), "--cell", "0", "--index", "0"}).folder,
            folder);
  EXPECT_EQ(parse_as<MergeCommand>({"merge", "out", ledger.c_str(), "b"}).folders,
            (std::vector<std::string>{folder, "b"}));
}

TEST(Options, ARunToBeResumedMayStandInThePlaceOfItsExperiment) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path().string();
  const std::string ledger = folder + "/run.sqlite";
  EXPECT_EQ(parse_as<RunCommand>({"run", folder.c_str(), "--resume"}).out, folder) << "where no run is found";
  EXPECT_EQ(parse_as<RunCommand>({"run", ledger.c_str(), "--resume"}).experiment, ledger) << "there is none";
  EXPECT_EQ(parse_as<RunCommand>({"run", folder.c_str()}).experiment, folder);
  std::ofstream(ledger) << "x";
  for (const std::string& word : {folder, ledger}) {
    const auto run = parse_as<RunCommand>({"run", word.c_str(), "--resume"});
    EXPECT_EQ(run.out, folder);
    EXPECT_EQ(run.experiment, "");
    EXPECT_NE(message({"run", word.c_str()}).find("gnc run --resume --out " + shell_word(folder)),
              std::string::npos);
  }
  const auto elsewhere = parse_as<RunCommand>({"run", folder.c_str(), "--resume", "--out", "other"});
  EXPECT_EQ(elsewhere.out, "other");
  EXPECT_EQ(elsewhere.experiment, folder);
}

TEST(Options, HelpOnRunShowsThatItsExperimentIsOptional) {
  for (const Words& words : {Words{"run", "--help"}, Words{"help", "run"}, Words{"run", "-h"}}) {
    std::string printed;
    EXPECT_FALSE(parse(words, &printed));
    EXPECT_NE(printed.find("[experiment]"), std::string::npos) << printed;
    EXPECT_EQ(printed.find("REQUIRED"), std::string::npos) << printed;
  }
}

TEST(Options, HelpAndVersionPrintAndReturnNothing) {
  for (const char* command : {"run", "presets", "show", "report", "replay", "problem", "bench", "merge"}) {
    std::string printed;
    EXPECT_FALSE(parse({command, "--help"}, &printed)) << command;
    EXPECT_NE(printed.find(std::string("gnc ") + command), std::string::npos) << printed;
    EXPECT_NE(printed.find("Example:"), std::string::npos) << printed;
  }
  std::string printed;
  EXPECT_FALSE(parse({"--help"}, &printed));
  EXPECT_NE(printed.find("replay"), std::string::npos);
  EXPECT_FALSE(parse({"--version"}, &printed));
  EXPECT_EQ(printed.rfind("gnc ", 0), 0u);
}

struct BadUsage {
  Words words;
  Words named;
};

class BadUsages : public testing::TestWithParam<BadUsage> {};

TEST_P(BadUsages, MessageNamesTheCulpritOnOneLine) {
  try {
    parse(GetParam().words);
    FAIL();
  } catch (const UsageError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const char* part : GetParam().named) EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadUsages,
    testing::Values(
        BadUsage{{}, {"no command", "run", "presets"}}, BadUsage{{"rum"}, {"\"rum\"", "\"run\""}},
        BadUsage{{"help", "rum"}, {"\"rum\"", "\"run\""}}, BadUsage{{"--verbose"}, {"--verbose"}},
        BadUsage{{"run"}, {"gnc run", "experiment"}}, BadUsage{{"run", "a", "b"}, {"gnc run", "\"b\""}},
        BadUsage{{"run", "a", "--num-sample", "5"}, {"--num-sample", "--num-samples"}},
        BadUsage{{"run", "a", "--wdths=5"}, {"--wdths", "--widths"}},
        BadUsage{{"run", "a", "--num-samples"}, {"--num-samples"}},
        BadUsage{{"run", "a", "--num-samples", "many"}, {"--num-samples", "\"many\""}},
        BadUsage{{"run", "a", "--num-samples", "1e30"}, {"--num-samples", "1e30"}},
        BadUsage{{"run", "a", "--num-samples", "-5"}, {"--num-samples", "-5"}},
        BadUsage{{"run", "a", "--num-samples", "0"}, {"--num-samples", "got 0"}},
        BadUsage{{"run", "a", "--num-samples", "1.5"}, {"--num-samples", "1.5"}},
        BadUsage{{"run", "a", "--num-samples", "nan"}, {"--num-samples", "nan"}},
        BadUsage{{"run", "a", "--num-samples", ""}, {"--num-samples"}},
        BadUsage{{"run", "a", "--num-seeds", "1e9"}, {"--num-seeds", "got 1e9"}},
        BadUsage{{"run", "a", "--widths", "5,,6"}, {"--widths: got", "a comma or blanks"}},
        BadUsage{{"run", "a", "--widths", ",5"}, {"--widths: got", "a comma or blanks"}},
        BadUsage{{"run", "a", "--widths", "5,"}, {"--widths: got", "a comma or blanks"}},
        BadUsage{{"run", "a", "--widths", ","}, {"--widths: got", "a comma or blanks"}},
        BadUsage{{"run", "a", "--widths", "5,", ",6"}, {"--widths: got", "a comma or blanks"}},
        BadUsage{{"run", "a", "--widths", "5,x"}, {"--widths", "\"x\""}},
        BadUsage{{"run", "a", "--widths", "5", "5"}, {"--widths", "5 a second time"}},
        BadUsage{{"run", "a", "--widths", "inf", "inf"}, {"--widths", "inf a second time"}},
        BadUsage{{"run", "a", "--widths", "5,infinity"}, {"--widths", "\"infinity\"", "\"inf\""}},
        BadUsage{{"run", "a", "--widths", "nan"}, {"--widths", "\"nan\"", "\"inf\""}},
        BadUsage{{"run", "a", "--depths", "inf"}, {"--depths", "\"inf\"", "1 to 1000"}},
        BadUsage{{"bench", "--widths", "5,inf"}, {"--widths", "\"inf\"", "1 to 1000000"}},
        BadUsage{{"run", "a", "--widths", "-5"}, {"--widths", "-5"}},
        BadUsage{{"run", "a", "--widths"}, {"--widths"}},
        BadUsage{{"run", "a", "--depths", "0"}, {"--depths", "got 0"}},
        BadUsage{{"run", "a", "--eps-train", "0"}, {"--eps-train", "got 0"}},
        BadUsage{{"run", "a", "--eps-train", "inf"}, {"--eps-train", "inf"}},
        BadUsage{{"run", "a", "--device", "gpu"}, {"--device", "\"gpu\"", "\"cuda\""}},
        BadUsage{{"run", "a", "--engine", "cuda"}, {"--engine", "\"cuda\"", "\"cuda-fused\""}},
        BadUsage{{"run", "a", "--draw", "factor"}, {"--draw", "\"factor\""}},
        BadUsage{{"run", "a", "--estimator", "x"}, {"--estimator", "\"x\"", "\"reject\""}},
        BadUsage{{"run", "a", "--threads", "0"}, {"--threads", "got 0"}},
        BadUsage{{"run", "a", "--threads", "2", "--threads", "3"}, {"--threads"}},
        BadUsage{{"run", "a", "--seed", "-1"}, {"--seed", "-1"}},
        BadUsage{{"run", "a", "--out", ""}, {"--out"}},
        BadUsage{{"run", "a", "--out", "--no-gd"}, {"--out: got \"--no-gd\", expected DIR"}},
        BadUsage{{"run", "a", "--out", "--seed=3"}, {"--out: got \"--seed=3\"", "DIR"}},
        BadUsage{{"run", "a", "--out=", "b"}, {"--out: got nothing after =, expected DIR"}},
        BadUsage{{"run", "a", "--populations=", "--no-gd"}, {"--populations: got nothing after ="}},
        BadUsage{{"run", "a", "--widths=", "5"}, {"--widths: got nothing after ="}},
        BadUsage{{"run", "a", "--problem", "-"}, {"--problem: got \"-\"", "FILE"}},
        BadUsage{{"run", "a", "--resume=maybe"}, {"--resume: got \"maybe\", expected no value"}},
        BadUsage{{"run", "a", "--no-gd=false"}, {"--no-gd: got \"false\", expected no value"}},
        BadUsage{{"run", "a", "--quiet="}, {"--quiet: got \"\", expected no value"}},
        BadUsage{{"run", "a", "--chunk-size", "0"}, {"--chunk-size", "got 0"}},
        BadUsage{{"show"}, {"gnc show", "dir"}},
        BadUsage{{"show", "d", "--interval", "2"}, {"--interval", "--watch"}},
        BadUsage{{"show", "d", "--watch", "--interval", "0"}, {"--interval", "0.1"}},
        BadUsage{{"show", "a", "b"}, {"\"b\""}},
        BadUsage{{"replay", "d", "--cell", "1"}, {"gnc replay", "--index"}},
        BadUsage{{"replay", "d", "--cell", "-1", "--index", "2"}, {"--cell", "-1"}},
        BadUsage{{"problem", "--n-rows", "0"}, {"--n-rows", "got 0"}},
        BadUsage{{"problem", "--gt-norm", "-1"}, {"--gt-norm", "-1"}},
        BadUsage{{"bench", "--seconds", "0"}, {"--seconds", "got 0"}},
        BadUsage{{"bench", "--activation", "relu"}, {"--activation", "\"relu\"", "\"Leaky ReLU\""}},
        BadUsage{{"merge", "out"}, {"gnc merge", "dirs"}}),
    [](const auto& of) { return test_name(of.index, joined(of.param.words)); });

}  // namespace
}  // namespace gnc
