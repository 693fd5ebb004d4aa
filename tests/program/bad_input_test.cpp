#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/experiment/small_experiment.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// One malformed call. It is made in a folder that holds a finished run in `run`, a folder `empty`, and
/// `file`, whose content is `content`.
struct BadInput {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<const char*> named;  ///< what the message must hold
  std::string content = {};
};

/// The content of a config: the small experiment with one piece of JSON text changed.
std::string config_with(const std::string& key, const std::string& value) {
  const nlohmann::ordered_json small = small_experiment_json();
  std::string text;
  for (const auto& [name, old] : small.items()) {
    if (name != key) text += (text.empty() ? "{\"" : ",\"") + name + "\":" + old.dump();
  }
  return text + ",\"" + key + "\":" + value + "}";
}

const std::vector<std::string> kRunFile = {"run", "file", "--out", "new"};

BadInput bad_key(const char* name, const char* key, const std::string& value,
                 std::vector<const char*> named) {
  named.push_back("file");
  named.push_back(key);
  return {name, kRunFile, std::move(named), config_with(key, value)};
}

BadInput bad_file(const char* name, std::string content, std::vector<const char*> named) {
  named.push_back("file");
  return {name, kRunFile, std::move(named), std::move(content)};
}

BadInput bad_problem(const char* name, std::string content, std::vector<const char*> named) {
  named.push_back("file");
  return {
      name, {"run", "small.json", "--problem", "file", "--out", "new"}, std::move(named), std::move(content)};
}

BadInput bad_option(const char* name, std::vector<std::string> options, std::vector<const char*> named) {
  options.insert(options.begin(), {"run", "small.json", "--out", "new"});
  return {name, std::move(options), std::move(named)};
}

std::string nested(std::size_t depth) {
  return config_with("name", std::string(depth, '[') + std::string(depth, ']'));
}

std::vector<BadInput> table() {
  return {
      // Config files: not JSON, or not a config.
      bad_file("EmptyFile", "", {"not valid JSON"}),
      bad_file("TruncatedJson", config_with("seed", "1").substr(0, 100), {"not valid JSON"}),
      bad_file("TextAfterTheEnd", config_with("seed", "1") + "}", {"not valid JSON"}),
      bad_file("BinaryFile",
               std::string("\x7f"
                           "ELF\0\0\xff\xfe",
                           8),
               {"not valid JSON"}),
      bad_file("BrokenUtf8", config_with("name", "\"\xc3\x28\""), {"not valid JSON", "name"}),
      bad_file("AListInPlaceOfAnObject", "[1,2,3]", {"a list of 3 values", "JSON object"}),
      bad_file("DeepNesting", nested(200'000), {"name", "a string"}),
      bad_file("DeepNestingUnclosed", std::string(200'000, '['), {"not valid JSON"}),
      bad_file("DuplicateKey", "{\"n_rows\":3,\"n_rows\":4}", {"n_rows", "twice"}),
      bad_file("NoSweep", R"({"n_rows":3})", {"widths", "missing"}),
      bad_file("ProductOfAUniformPrior",
               [] {
                 nlohmann::ordered_json json = small_experiment_json();
                 json["gnc_init"] = "unif";
                 json["draw"] = "product";
                 return json.dump();
               }(),
               {"draw", "product", "gnc_init unif"}),
      {"AFolderAsConfig", {"run", "empty/", "--out", "new"}, {"empty/", "is a folder"}},
      {"AnAbsentConfig", {"run", "absent.json", "--out", "new"}, {"absent.json", "cannot be read"}},
      {"AConfigWithoutEnd", {"run", "/dev/zero", "--out", "new"}, {"/dev/zero", "larger than"}},
      {"ConfigNameIsNoText", {"run", "\xff.json", "--out", "new"}, {".json", "name", "UTF-8"}},
      // Config files: one bad value.
      bad_key("UnknownKey", "n_row", "3", {"unknown", "n_rows"}),
      bad_key("NaNIsNoJson", "gt_norm", "NaN", {"not valid JSON"}),
      bad_key("InfinityIsNoJson", "gnc_eps_train", "Infinity", {"not valid JSON"}),
      bad_key("OverflowingNumber", "gt_norm", "1e999", {"1e999"}),
      bad_key("TextForANumber", "num_seeds", "\"8\"", {"\"8\"", "an integer"}),
      bad_key("NumberForAFlag", "completion", "1", {"got 1", "true or false"}),
      bad_key("NullForAList", "widths", "null", {"null", "a list"}),
      bad_key("ObjectForANumber", "seed", "{}", {"an object"}),
      bad_key("NegativeSize", "n_rows", "-3", {"-3", "1 to 4096"}),
      bad_key("HugeSize", "n_cols", "1e18", {"1 to 4096"}),
      bad_key("HugeWidth", "widths", "[4,1000000000000]", {"item 2", "1000000000000"}),
      bad_key("HugeDepth", "depth", "100000", {"100000"}),
      bad_key("TooManyWeights", "widths", "[1000000]", {"weights a draw"}),
      bad_key("WidthZero", "widths", "[4,0]", {"item 2", "got 0"}),
      bad_key("RepeatedWidth", "widths", "[4,7,4]", {"item 3", "4 a second time"}),
      bad_key("NoWidths", "widths", "[]", {"a list of 0 values"}),
      bad_key("InfiniteWidthOfTanh", "widths", "[4,\"inf\"]",
              {"got inf", "\"activation\" = \"Tanh\"", "expected \"Linear\""}),
      bad_file("InfiniteWidthByFactors", R"({"width":"inf","depths":[2,3]})",
               {"key \"width\"", "got inf", "\"draw\" = \"factors\"", "expected \"product\""}),
      bad_file("InfiniteWidthUniform", R"({"widths":["inf"],"depth":2,"draw":"product","gnc_init":"unif"})",
               {"key \"widths\"", "got inf", "\"gnc_init\" = \"unif\"", "expected \"gauss\""}),
      bad_key("InfiniteDepth", "depth", "\"inf\"", {"\"inf\"", "1 to 1000"}),
      bad_key("InfiniteWidthMisspelt", "widths", "[4,\"infinity\"]",
              {"item 2", "\"infinity\"", "or \"inf\""}),
      bad_key("ThirtyDigitDraws", "gnc_num_samples", "1000000000000000000000000000000",
              {"1e+30", "9223372036854775807"}),
      bad_key("NoDraws", "gnc_num_samples", "0", {"got 0"}),
      bad_key("FractionalDraws", "gnc_num_samples", "1000.5", {"1000.5"}),
      bad_key("EpsZero", "gnc_eps_train", "0", {"got 0", "above 0"}),
      bad_key("EpsNegative", "gnc_eps_train", "[0.1,-0.1]", {"item 2", "-0.1"}),
      bad_key("EpsRepeated", "gnc_eps_train", "[0.1,0.1]", {"item 2", "a second time"}),
      bad_key("RankAboveTheSize", "gt_rank", "4", {"got 4", "1 to 3"}),
      bad_key("MoreMeasurementsThanEntries", "num_measurements", "9", {"got 9", "1 to 8"}),
      bad_key("UnknownActivation", "activation", "\"ReLU\"", {"ReLU", "Leaky ReLU"}),
      bad_key("UnknownPrior", "gnc_init", "\"normal\"", {"normal", "gauss"}),
      bad_key("MomentumOne", "gd_momentum", "1", {"got 1", "below 1"}),
      bad_key("LearningRateZero", "gd_lrs", "0", {"got 0", "above 0"}),
      bad_key("StartScaleAsText", "gd_init_scales", "\"0.1\"", {"got \"0.1\"", "a finite number"}),
      bad_file("TooFewLearningRates", R"({"widths":[4,7,9],"depth":2,"gd_lrs":[0.1,0.2]})",
               {"gd_lrs", "a list of 2 values", "3"}),
      bad_key("NameWithASlash", "name", "\"../up\"", {"../up"}),
      bad_key("NameOfTheParent", "name", "\"..\"", {"\"..\"", "neither . nor .."}),
      // Problem files.
      bad_key("ProblemOfTheConfigMissing", "problem", "\"absent.json\"",
              {"key \"problem\": got", "absent.json", "there is none"}),
      bad_problem("ProblemEmpty", "", {"not valid JSON"}),
      bad_problem("ProblemTruncated", R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,)", {"ground_truth"}),
      bad_problem("ProblemWithoutMeasurements", R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]]})",
                  {"A_train", "missing"}),
      bad_problem("ProblemRagged", R"({"n_rows":2,"n_cols":2,"ground_truth":[[1,2],[3]],"A_train":[]})",
                  {"ground_truth", "item 2", "2 numbers"}),
      bad_problem("ProblemNegativeSize", R"({"n_rows":-1,"n_cols":2,"ground_truth":[],"A_train":[]})",
                  {"n_rows", "-1"}),
      bad_problem("ProblemHuge", R"({"n_rows":4096,"n_cols":4096,"ground_truth":[],"A_train":[]})",
                  {"4096 x 4096"}),
      bad_problem("ProblemNaN", R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,NaN]],"A_train":[[[1,0]]]})",
                  {"not valid JSON", "ground_truth"}),
      bad_problem("ProblemTextForANumber",
                  R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,"2"]],"A_train":[[[1,0]]]})",
                  {"ground_truth", "item 2", "\"2\""}),
      bad_problem("ProblemTooManyMeasurements",
                  R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]],[[0,1]],[[1,1]]]})",
                  {"A_train", "a list of 3 values"}),
      bad_problem("ProblemNothingToGeneralizeTo",
                  R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]],[[0,1]]]})",
                  {"A_train", "span all 2 entries"}),
      bad_problem("ProblemUnknownKey",
                  R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_trian":[[[1,0]]]})",
                  {"A_trian", "A_train"}),
      bad_problem("ProblemOfAnotherSize",
                  R"({"n_rows":1,"n_cols":2,"ground_truth":[[1,2]],"A_train":[[[1,0]]]})",
                  {"small.json", "n_rows"}),
      {"ProblemAbsent",
       {"run", "small.json", "--problem", "absent", "--out", "new"},
       {"absent", "cannot be read"}},
      {"ProblemNameIsNoText",
       {"run", "small.json", "--problem", "\xff", "--out", "new"},
       {"problem", "UTF-8"}},
      {"ProblemIsAFolder",
       {"run", "small.json", "--problem", "empty", "--out", "new"},
       {"empty", "is a folder"}},
      // Command lines.
      {"NoCommand", {}, {"no command", "run, presets"}},
      {"UnknownCommand", {"rnu"}, {"\"rnu\"", "\"run\""}},
      {"UnknownOption", {"--frobnicate"}, {"--frobnicate"}},
      {"UnknownCommandAfterHelp", {"hlep"}, {"\"hlep\"", "expected one of run"}},
      {"UnknownPreset", {"run", "fig1-linea", "--out", "new"}, {"fig1-linea", "fig1-linear"}},
      {"UnknownPresetToPrint", {"presets", "fig12-tanh"}, {"fig12-tanh", "fig1"}},
      {"NoExperiment", {"run", "--out", "new"}, {"gnc run", "experiment"}},
      {"TwoExperiments", {"run", "small.json", "fig1-tanh"}, {"fig1-tanh"}},
      bad_option("MisspeltOption", {"--num-sample", "5"}, {"--num-sample", "--num-samples"}),
      bad_option("OptionWithoutValue", {"--num-samples"}, {"--num-samples"}),
      bad_option("OptionGivenTwice", {"--seed", "1", "--seed", "2"},
                 {"--seed: got 2 values", "expected one N"}),
      bad_option("OptionWithoutAValue", {"--widths"}, {"--widths: got no value", "one or more N|inf"}),
      bad_option("DrawsOf1e30", {"--num-samples", "1e30"}, {"--num-samples", "1e30"}),
      bad_option("DrawsNegative", {"--num-samples", "-1"}, {"--num-samples", "-1"}),
      bad_option("DrawsNaN", {"--num-samples", "nan"}, {"--num-samples", "nan"}),
      bad_option("SeedNegative", {"--seed", "-1"}, {"--seed", "-1"}),
      bad_option("EpsOptionZero", {"--eps-train", "0"}, {"--eps-train", "got 0"}),
      bad_option("EpsOptionInfinite", {"--eps-train", "inf"}, {"--eps-train", "inf"}),
      bad_option("WidthOptionZero", {"--widths", "0"}, {"--widths", "got 0"}),
      bad_option("WidthOptionRepeated", {"--widths", "4,7,4"}, {"--widths", "4 a second time"}),
      bad_option("WidthOptionInfiniteOfTanh", {"--widths", "4,inf", "--draw", "product"},
                 {"option --widths", "got inf", "\"activation\" = \"Tanh\"", "expected \"Linear\""}),
      bad_option("WidthOptionInfiniteTwice", {"--widths", "inf,inf"}, {"--widths", "inf a second time"}),
      bad_option("WidthOptionEmpty", {"--widths", ""}, {"--widths"}),
      bad_option("WidthOptionWithAGap", {"--widths", "5,,6"},
                 {"--widths: got \"5,,6\"", "a comma or blanks"}),
      bad_option("ChunkSizeZero", {"--chunk-size", "0"}, {"--chunk-size", "got 0"}),
      bad_option("ThreadsZero", {"--threads", "0"}, {"--threads", "got 0"}),
      bad_option("ThreadsTooMany", {"--threads", "1e6"}, {"--threads", "1e6"}),
      bad_option("ControlCharacters", {"--widths", "4\n7"}, {"--widths", "4\\n7"}),

      bad_option("OnePopulation", {"--populations", "1"}, {"--populations", "1", "2"}),
      bad_option("ManyParticles", {"--particles", "1e10"}, {"--particles", "4294967295"}),
      bad_option("NoSweeps", {"--sweeps", "0"}, {"--sweeps", "0"}),
      bad_option("EstimatorConditionalAtDepth1",
                 {"--estimator", "conditional", "--draw", "factors", "--depths", "1"},
                 {"--estimator", "conditional", "depth 1"}),
      bad_option("CoresThatSplitBesideDevices", {"--estimator", "splitting", "--devices", "0,cpu"},
                 {"--devices: got cpu", "estimator splitting", "devices alone"}),
      bad_option("Shard", {"--shard", "0/2"}, {"--shard: got \"0/2\"", "1 <= I <= N"}),
      bad_option("ToleranceOfSplitting", {"--estimator", "splitting", "--eps-train", "1e-17"},
                 {"--eps-train: got 1e-17", "at least", "splitting"}),
      {"Merge", {"merge", "new", "run", "run"}, {"gnc merge", "run", "overlap"}},
      {"MergeIntoARun", {"merge", "run", "run"}, {"run already holds a run", "expected a new folder"}},
      // Run folders.
      {"AnotherRunInTheFolder",
       {"run", "small.json", "--out", "run"},
       {"run", "already holds a run", "--resume"}},
      {"OtherResultsInTheFolder",
       {"run", "small.json", "--out", "mine"},
       {"mine holds results.csv but no run", "--out"}},
      {"OtherFiguresInTheFolderOfAMerge",
       {"merge", "mine/figures", "run"},
       {"mine/figures holds acceptance.svg but no run", "a new folder"}},
      {"ResumeWithAnotherConfig",
       {"run", "small.json", "--out", "run", "--resume", "--no-gd", "--num-samples", "7"},
       {"run", "--num-samples", "asks for 7"}},
      {"ResumeWithMorePopulationsOfReject",
       {"run", "--out", "run", "--resume", "--populations", "30"},
       {"run: --populations: got 30", "no cell of which takes it", "reject (--num-samples gives more)"}},
      {"ResumeWithAnotherSeed",
       {"run", "small.json", "--out", "run", "--resume", "--num-samples", "2000", "--no-gd", "--seed", "5"},
       {"seed", "5"}},
      {"ResumeWithOtherSettingsAlone",
       {"run", "--out", "run", "--resume", "--widths", "5,7"},
       {"--widths: got 5,7, expected none", "--resume"}},
      {"ResumeWithASeedAlone",
       {"run", "--out", "run", "--resume", "--seed", "0"},
       {"option --seed: got 0, expected none"}},
      {"ResumeWithAProblemAlone",
       {"run", "--out", "run", "--resume", "--problem", "file"},
       {"option --problem: got file, expected none"}},
      {"ResumeWithoutARun", {"run", "small.json", "--out", "empty", "--resume"}, {"empty", "no run"}},
      {"ResumeWhereNothingIs", {"run", "--out", "new", "--resume"}, {"new", "no run"}},
      {"AFileAsRunFolder", {"run", "small.json", "--out", "small.json"}, {"small.json", "in the way"}},
      {"AFileAboveTheRunFolder",
       {"run", "small.json", "--out", "small.json/run"},
       {"small.json/run", "in the way"}},
      {"RunFolderNameTooLong", {"run", "small.json", "--out", std::string(300, 'x')}, {"xxx", "too long"}},
      {"ResumeNameTooLong", {"run", "--resume", "--out", std::string(300, 'x')}, {"xxx", "no run"}},
      {"ShowWithoutARun", {"show", "empty"}, {"empty", "no run"}},
      {"ShowWhereNothingIs", {"show", "absent"}, {"absent", "no run"}},
      {"ShowAFile", {"show", "small.json"}, {"small.json", "is a file", "the folder of a run"}},
      {"ReportWithoutARun", {"report", "empty"}, {"empty", "no run"}},
      {"ReplayWithoutARun", {"replay", "empty", "--cell", "0", "--index", "0"}, {"empty", "no run"}},
      {"ReplayWithoutAnIndex", {"replay", "run", "--cell", "0"}, {"--index"}},
      {"ReplayACellTooFar", {"replay", "run", "--cell", "4", "--index", "0"}, {"--cell", "got 4", "0 to 3"}},
      {"ReplayADrawTooFar", {"replay", "run", "--cell", "0", "--index", "2000"}, {"--index", "2000", "1999"}},
      // gnc problem and gnc bench.
      {"ProblemRankAboveTheSize", {"problem", "--gt-rank", "6"}, {"--gt-rank", "6"}},
      {"ProblemMeasuresEverything", {"problem", "--num-measurements", "25"}, {"--num-measurements", "25"}},
      {"ProblemNormZero", {"problem", "--gt-norm", "0"}, {"--gt-norm", "got 0"}},
      {"ProblemIntoAFolder", {"problem", "--out", "empty"}, {"empty: is a folder", "a file"}},
      {"ProblemFromAnUnknownConfig", {"problem", "--config", "absent.json"}, {"absent.json"}},
      {"BenchNoTime", {"bench", "--seconds", "0"}, {"--seconds", "got 0"}},
      {"BenchInfiniteWidth", {"bench", "--widths", "5,inf"}, {"--widths", "\"inf\"", "1 to 1000000"}},
  };
}

void PrintTo(const BadInput& input, std::ostream* out) {
  *out << "gnc";
  for (const std::string& word : input.arguments) *out << ' ' << word;
}

class BadInputs : public testing::TestWithParam<BadInput> {};

TEST_P(BadInputs, OneMessageExitCode2NothingTouched) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  const GncEnd first =
      run_gnc(scratch.path(), {"run", "small.json", "--out", "run", "--num-samples", "2000", "--no-gd"});
  ASSERT_EQ(first.code, 0) << first.err;
  std::filesystem::create_directory(scratch.path() / "empty");
  std::filesystem::create_directories(scratch.path() / "mine" / "figures");
  write_text(scratch.path() / "mine" / "results.csv", "precious");
  write_text(scratch.path() / "mine" / "figures" / "acceptance.svg", "precious");
  write_text(scratch.path() / "file", GetParam().content);
  std::filesystem::copy(scratch.path() / "small.json", scratch.path() / "\xff.json");
  const auto before = files_below(scratch.path());

  const GncEnd end = run_gnc(scratch.path(), GetParam().arguments);
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.code, 2) << end.err;
  EXPECT_EQ(end.out, "");
  EXPECT_EQ(count_lines(end.err), 1u) << end.err;
  EXPECT_LT(end.err.size(), 1000u) << end.err;
  for (const char* part : GetParam().named) EXPECT_NE(end.err.find(part), std::string::npos) << end.err;
  const auto after = files_below(scratch.path());
  for (const auto& [name, content] : before) {
    ASSERT_TRUE(after.contains(name)) << name << " is gone";
    EXPECT_TRUE(after.at(name) == content) << name << " was changed";
  }
  for (const auto& [name, content] : after) EXPECT_TRUE(before.contains(name)) << name << " was left behind";
}

INSTANTIATE_TEST_SUITE_P(Table, BadInputs, testing::ValuesIn(table()),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace gnc
