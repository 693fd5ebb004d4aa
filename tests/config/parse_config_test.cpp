#include "host/config/parse_config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "host/config/config_json.hpp"
#include "host/config/json_file.hpp"
#include "host/errors.hpp"
#include "tests/test_name.hpp"

namespace gnc {
namespace {

constexpr const char* published_width = R"({"n_rows":5,"n_cols":5,"gt_rank":1,"gt_norm":1.0,"num_seeds":8,
  "completion":false,"num_measurements":15,"activation":"Leaky ReLU","negative_slope":0.2,
  "gnc_num_samples":100000000,
  "gnc_batch_sizes":[10000000,10000000,1000000,1000000,200000,200000,200000,200000],"gnc_eps_train":0.02,
  "gnc_init":"gauss","gnc_normalize":false,"gnc_softening":1e-6,"gd_lrs":[1e-4],"gd_epochs":100000,
  "gd_init_scales":[1e-3],"gd_log_period":100,"gd_print_period":10000,"gd_momentum":0.0,"gd_verbose":true,
  "widths":[5,10,20,40,80,160],"depth":2,"results_dir":"./results","figures_dir":"./figures"})";

ParsedConfig parse(const std::string& text) { return parse_config(parse_json(text, "c.json"), "c.json"); }

TEST(ParseConfig, PublishedWidthConfigRunsUnmodified) {
  const ParsedConfig parsed = parse(published_width);
  const Config& config = parsed.config;
  EXPECT_EQ(config.name, "c");
  EXPECT_EQ(config.axis, SweepAxis::Width);
  EXPECT_EQ(config.activation, Activation::LeakyRelu);
  EXPECT_EQ(config.gnc_num_samples, 100'000'000u);
  EXPECT_EQ(config.gnc_eps_train, std::vector<double>{0.02});
  EXPECT_TRUE(config.gd_verbose);
  const std::vector<Point> points{{5, 2, 1e-4, 1e-3},  {10, 2, 1e-4, 1e-3}, {20, 2, 1e-4, 1e-3},
                                  {40, 2, 1e-4, 1e-3}, {80, 2, 1e-4, 1e-3}, {160, 2, 1e-4, 1e-3}};
  EXPECT_EQ(config.points, points);
  ASSERT_EQ(parsed.warnings.size(), 2u);
  EXPECT_EQ(parsed.warnings[0],
            "c.json: keys \"results_dir\" and \"figures_dir\": not used; results and figures go to the run's "
            "folder, which --out chooses");
  EXPECT_NE(parsed.warnings[1].find("gnc_batch_sizes"), std::string::npos);
  EXPECT_EQ(config.gnc_batch_sizes.size(), 6u);
}

TEST(ParseConfig, DepthSweepTakesOneSettingAPoint) {
  const Config config = parse(R"({"width":5,"depths":[2,3,4],"gd_init_scales":[0.001,0.1,0.2]})").config;
  EXPECT_EQ(config.axis, SweepAxis::Depth);
  const std::vector<Point> points{{5, 2, 1e-2, 0.001}, {5, 3, 1e-2, 0.1}, {5, 4, 1e-2, 0.2}};
  EXPECT_EQ(config.points, points);
}

TEST(ParseConfig, AbsentKeysTakeThePublishedDefaults) {
  const Config config = parse(R"({"width":5,"depth":2})").config;
  EXPECT_EQ(config.gnc_eps_train, std::vector<double>{0.01});
  EXPECT_EQ(config.num_measurements, 15);
  EXPECT_EQ(config.gd_epochs, 100'000);
  EXPECT_EQ(config.activation, Activation::Linear);
  EXPECT_EQ(config.points, (std::vector<Point>{{5, 2, 1e-2, 1e-2}}));
  EXPECT_EQ(config.axis, SweepAxis::Width);
}

TEST(ParseConfig, AbsentSecondAxisTakesThePublishedDefaultWithAWarning) {
  const ParsedConfig parsed = parse(R"({"widths":[5,7]})");
  EXPECT_EQ(parsed.config.points, (std::vector<Point>{{5, 2, 1e-2, 1e-2}, {7, 2, 1e-2, 1e-2}}));
  EXPECT_EQ(parsed.warnings.size(), 1u);
}

TEST(ParseConfig, ANumberPerPointIsOneForAllPoints) {
  const std::string sweep = R"({"width":5,"depths":[2,3,4],)";
  EXPECT_EQ(parse(sweep + R"("gd_lrs":0.5,"gd_init_scales":1e10})").config,
            parse(sweep + R"("gd_lrs":[0.5],"gd_init_scales":[1e10]})").config);
}

TEST(ParseConfig, TwoListsAreAGridWithDepthRunningFastest) {
  const Config config = parse(R"({"widths":[5,7],"depths":[2,3],"gd_lrs":[1,2,3,4]})").config;
  EXPECT_EQ(config.axis, SweepAxis::Grid);
  const std::vector<Point> points{{5, 2, 1, 1e-2}, {5, 3, 2, 1e-2}, {7, 2, 3, 1e-2}, {7, 3, 4, 1e-2}};
  EXPECT_EQ(config.points, points);
}

TEST(ParseConfig, WidthsMayBeInfinite) {
  const Config several =
      parse(R"({"widths":[5,"inf",40],"depth":3,"gd_lrs":[0.1,0.2,0.3],"draw":"product"})").config;
  EXPECT_EQ(several.axis, SweepAxis::Width);
  EXPECT_EQ(several.points,
            (std::vector<Point>{{5, 3, 0.1, 0.01}, {kInfiniteWidth, 3, 0.2, 0.01}, {40, 3, 0.3, 0.01}}));
  const Config one = parse(R"({"width":"inf","depths":[2,1000]})").config;
  EXPECT_EQ(one.axis, SweepAxis::Depth);
  EXPECT_EQ(one.points[1], (Point{kInfiniteWidth, 1000, 0.01, 0.01}));
}

TEST(ParseConfig, WholeNumbersMayBeWrittenAsFloats) {
  const Config config =
      parse(R"({"width":5.0,"depth":2,"gnc_num_samples":1e13,"seed":18446744073709551615})").config;
  EXPECT_EQ(config.gnc_num_samples, 10'000'000'000'000u);
  EXPECT_EQ(config.seed, 18446744073709551615u);
}

TEST(ParseConfig, TolerancesAreSortedLargestFirst) {
  const Config config = parse(R"({"width":5,"depth":2,"gnc_eps_train":[0.01,0.5,0.02]})").config;
  EXPECT_EQ(config.gnc_eps_train, (std::vector<double>{0.5, 0.02, 0.01}));
}

TEST(ParseConfig, ProblemPathIsRelativeToTheConfig) {
  const auto parsed =
      parse_config(parse_json(R"({"width":5,"depth":2,"problem":"p.json"})", "t"), "/some/where/c.json");
  EXPECT_EQ(parsed.config.problem_file, "/some/where/p.json");
}

TEST(ParseConfig, WhateverTheFileIsNamedTheConfigsNameIsOneThatMayBe) {
  const auto name_from = [](const std::string& path) {
    return parse_config(parse_json(R"({"width":5,"depth":2})", "t"), path).config.name;
  };
  EXPECT_EQ(name_from("a/new\nline\t.json"), "new_line_");
  EXPECT_EQ(name_from(".."), "run");
  std::string euros;  // three bytes each
  for (int i = 0; i < 67; ++i) euros += "\u20ac";
  EXPECT_EQ(name_from(euros + ".json"), euros.substr(0, 198));
  EXPECT_EQ(name_from(std::string(240, 'x') + ".json"), std::string(200, 'x'));
  for (const std::string& path : {std::string("new\nline.json"), euros + ".json"}) {
    const Config config = parse_config(parse_json(R"({"width":5,"depth":2})", "t"), path).config;
    EXPECT_EQ(parse_config(to_json(config), "ledger").config, config);
  }
}

TEST(ParseConfig, ToJsonRoundTripsExactly) {
  const std::vector<std::string> texts{
      published_width,
      R"({"width":5,"depths":[2,3,4],"gd_init_scales":[0.001,0.1,0.30000000000000004],"gd":false,"name":"a b",
          "seed":18446744073709551615,"gnc_eps_train":[0.1,0.0035000000000000001],"gt_norm":0.1234567890123456789,
          "estimator":"splitting","splitting_particles":77,"splitting_sweeps":5,"splitting_populations":2,
          "draw":"product","chunk_size":4096,"max_stored":0,"gnc_init":"unif",
          "gnc_normalize":true,"gnc_softening":0,"completion":true,"negative_slope":-0.1,"gd_momentum":0.9})",
      R"({"widths":[9,7],"depths":[3,2],"gd_lrs":[1,2,3,4],"n_rows":3,"n_cols":7,"problem":"/a/b/p.json"})",
      R"({"width":3,"depth":1})",
      R"({"widths":["inf",5],"depth":2,"draw":"product"})",
      R"({"width":"inf","depths":[2,3]})"};
  for (const std::string& text : texts) {
    const Config config = parse(text).config;
    // Through text, as the ledger stores it.
    EXPECT_EQ(parse_config(parse_json(to_json(config).dump(), "ledger"), "ledger").config, config) << text;
  }
}

TEST(ConfigJson, WritesTheInfiniteWidthAsText) {
  EXPECT_EQ(to_json(parse(R"({"widths":[5,"inf"],"depth":2})").config)["widths"].dump(), R"([5,"inf"])");
  EXPECT_EQ(to_json(parse(R"({"width":"inf","depths":[2]})").config)["width"].dump(), R"("inf")");
}

struct Malformed {
  const char* text;
  std::vector<const char*> named;  ///< what the message must hold
};

class MalformedConfig : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedConfig, MessageNamesTheCulpritOnOneLine) {
  try {
    parse(GetParam().text);
    FAIL() << "accepted: " << GetParam().text;
  } catch (const UsageError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("c.json"), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const char* part : GetParam().named) EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedConfig,
    testing::Values(
        Malformed{"", {"not valid JSON"}},
        Malformed{R"({"width":5,"depth":)", {"not valid JSON", "\"depth\"", "line 1"}},
        Malformed{R"({"width":5,"depth":2)", {"not valid JSON"}},
        Malformed{R"({"width":5,"depth":2} x)", {"not valid JSON"}},
        Malformed{R"({"width":5,"depth":2,"gt_norm":NaN})", {"not valid JSON", "\"gt_norm\""}},
        Malformed{R"({"width":5,"depth":2,"gt_norm":1e999})", {"\"gt_norm\"", "1e999"}},
        Malformed{"{\"width\":5,\"name\":\"\xff\"}", {"not valid JSON", "\"name\""}},
        Malformed{R"({"width":5,"depth":2,"width":6})", {"\"width\"", "twice"}},
        Malformed{"[1,2]", {"a list of 2 values", "JSON object"}}, Malformed{"17", {"17", "JSON object"}},
        Malformed{"{}", {"\"widths\"", "\"depths\"", "missing"}},
        Malformed{R"({"width":5,"depth":2,"n_row":5})", {"\"n_row\"", "\"n_rows\""}},
        Malformed{R"({"width":5,"depth":2,"gnc_batch_size":[5]})",
                  {"\"gnc_batch_size\"", "\"gnc_batch_sizes\""}},
        Malformed{R"({"width":5,"widths":[5],"depth":2})", {"\"width\"", "\"widths\""}},
        Malformed{R"({"width":5,"depth":2,"depths":[2]})", {"\"depth\"", "\"depths\""}},
        Malformed{R"({"width":"5","depth":2})", {"\"width\"", "\"5\"", "integer from 1"}},
        Malformed{R"({"width":0,"depth":2})", {"\"width\"", "got 0"}},
        Malformed{R"({"width":-5,"depth":2})", {"\"width\"", "-5"}},
        Malformed{R"({"width":5.5,"depth":2})", {"\"width\"", "5.5"}},
        Malformed{R"({"width":"Inf","depth":2})", {"\"width\"", "\"Inf\"", "1 to 1000000 or \"inf\""}},
        Malformed{R"({"widths":[5,9223372036854775807],"depth":2})",
                  {"\"widths\", item 2", "9223372036854775807", "1 to 1000000 or \"inf\""}},
        Malformed{R"({"widths":["inf",5,"inf"],"depth":2})", {"\"widths\", item 3", "\"inf\" a second time"}},
        Malformed{R"({"width":5,"depth":"inf"})", {"\"depth\"", "\"inf\"", "1 to 1000"}},
        Malformed{R"({"width":10000000,"depth":2})", {"\"width\"", "10000000"}},
        Malformed{R"({"width":100000,"depth":10})", {"\"width\"", "weights a draw"}},
        Malformed{R"({"widths":[5,1000000],"depth":3})", {"\"widths\"", "1000000", "weights a draw"}},
        Malformed{R"({"width":5,"depth":0})", {"\"depth\"", "got 0"}},
        Malformed{R"({"width":5,"depth":1001})", {"\"depth\"", "1001"}},
        Malformed{R"({"widths":[],"depth":2})", {"\"widths\"", "a list of 0 values"}},
        Malformed{R"({"widths":5,"depth":2})", {"\"widths\"", "got 5", "a list"}},
        Malformed{R"({"widths":[5,10,5],"depth":2})", {"\"widths\", item 3", "5 a second time"}},
        Malformed{R"({"widths":[5,[6]],"depth":2})", {"\"widths\", item 2", "a list of 1 values"}},
        Malformed{R"({"width":5,"depths":[2,null]})", {"\"depths\", item 2", "null"}}),
    [](const auto& of) { return test_name(of.index, of.param.text); });

INSTANTIATE_TEST_SUITE_P(
    Keys, MalformedConfig,
    testing::Values(
        Malformed{R"({"width":5,"depth":2,"n_rows":-5})", {"\"n_rows\"", "-5", "integer from 1 to 4096"}},
        Malformed{R"({"width":5,"depth":2,"n_rows":5000})", {"\"n_rows\"", "5000"}},
        Malformed{R"({"width":5,"depth":2,"n_rows":4096,"n_cols":4096})",
                  {"\"n_rows\"", "4096 x 4096", "16384"}},
        Malformed{R"({"width":5,"depth":2,"n_rows":1,"n_cols":1})", {"\"n_rows\"", "1 x 1"}},
        Malformed{R"({"width":5,"depth":2,"gt_rank":6})", {"\"gt_rank\"", "got 6", "from 1 to 5"}},
        Malformed{R"({"width":5,"depth":2,"gt_rank":0})", {"\"gt_rank\"", "got 0"}},
        Malformed{R"({"width":5,"depth":2,"gt_norm":0})", {"\"gt_norm\"", "got 0"}},
        Malformed{R"({"width":5,"depth":2,"gt_norm":"NaN"})", {"\"gt_norm\"", "\"NaN\"", "number"}},
        Malformed{R"({"width":5,"depth":2,"num_seeds":0})", {"\"num_seeds\"", "got 0"}},
        Malformed{R"({"width":5,"depth":2,"completion":1})", {"\"completion\"", "got 1", "true or false"}},
        Malformed{R"({"width":5,"depth":2,"num_measurements":25})", {"\"num_measurements\"", "got 25", "24"}},
        Malformed{R"({"width":5,"depth":2,"num_measurements":100})", {"\"num_measurements\"", "100"}},
        Malformed{R"({"width":5,"depth":2,"activation":"ReLU"})",
                  {"\"activation\"", "\"ReLU\"", "\"Leaky ReLU\""}},
        Malformed{R"({"width":5,"depth":2,"activation":3})", {"\"activation\"", "got 3"}},
        Malformed{R"({"width":5,"depth":2,"negative_slope":1e300})", {"\"negative_slope\"", "1e+300"}},
        Malformed{R"({"width":5,"depth":2,"gnc_num_samples":1000000000000000000000000000000})",
                  {"\"gnc_num_samples\"", "1e+30", "9223372036854775807"}},
        Malformed{R"({"width":5,"depth":2,"estimator":"conditional","gnc_num_samples":5e12})",
                  {"\"gnc_num_samples\"", "5000000000000 by estimator conditional", "hidden draws"}},
        Malformed{R"({"width":5,"depth":2,"gnc_num_samples":0})", {"\"gnc_num_samples\"", "got 0"}},
        Malformed{R"({"width":5,"depth":2,"gnc_num_samples":-1e8})", {"\"gnc_num_samples\"", "-100000000"}},
        Malformed{R"({"width":5,"depth":2,"gnc_num_samples":{"a":1}})", {"\"gnc_num_samples\"", "an object"}},
        Malformed{R"({"width":5,"depth":2,"gnc_batch_sizes":[0]})", {"\"gnc_batch_sizes\", item 1", "got 0"}},
        Malformed{R"({"widths":[5,6,7],"depth":2,"gnc_batch_sizes":[5,5]})",
                  {"\"gnc_batch_sizes\"", "a list of 2 values", "3"}},
        Malformed{R"({"width":5,"depth":2,"gnc_eps_train":0})", {"\"gnc_eps_train\"", "got 0", "above 0"}},
        Malformed{R"({"width":5,"depth":2,"gnc_eps_train":1.1e300})",
                  {"\"gnc_eps_train\"", "at most 1e+300"}},
        Malformed{R"({"width":5,"depth":2,"gnc_eps_train":[0.1,-0.1]})",
                  {"\"gnc_eps_train\", item 2", "-0.1"}},
        Malformed{R"({"width":5,"depth":2,"gnc_eps_train":[0.1,0.1]})", {"\"gnc_eps_train\", item 2", "0.1"}},
        Malformed{R"({"width":5,"depth":2,"gnc_eps_train":[]})", {"\"gnc_eps_train\""}},
        Malformed{R"({"width":5,"depth":2,"gnc_init":"normal"})", {"\"gnc_init\"", "\"normal\"", "\"unif\""}},
        Malformed{R"({"width":5,"depth":2,"gnc_normalize":"yes"})", {"\"gnc_normalize\"", "\"yes\""}},
        Malformed{R"({"width":5,"depth":2,"gnc_softening":-1e-6})", {"\"gnc_softening\"", "-1e-06"}},
        Malformed{R"({"width":5,"depth":2,"gd_lrs":"0.01"})",
                  {"\"gd_lrs\"", "\"0.01\"", "a finite number above 0"}},
        Malformed{R"({"width":5,"depth":2,"gd_init_scales":-1})", {"\"gd_init_scales\"", "-1", "above 0"}},
        Malformed{R"({"width":5,"depth":2,"gd_lrs":[]})", {"\"gd_lrs\"", "a list of 0 values"}},
        Malformed{R"({"width":5,"depth":2,"gd_lrs":[0]})", {"\"gd_lrs\", item 1", "got 0"}},
        Malformed{R"({"width":5,"depths":[2,3,4],"gd_init_scales":[1,1]})", {"\"gd_init_scales\"", "3"}},
        Malformed{R"({"width":5,"depth":2,"gd_epochs":0})", {"\"gd_epochs\"", "got 0"}},
        Malformed{R"({"width":5,"depth":2,"gd_momentum":1.0})", {"\"gd_momentum\"", "1.0", "below 1"}},
        Malformed{R"({"width":5,"depth":2,"gd":"off"})", {"\"gd\"", "\"off\""}},
        Malformed{R"({"width":5,"depth":2,"results_dir":7})", {"\"results_dir\"", "got 7"}},
        Malformed{R"({"width":[5,10],"depth":2})",
                  {"\"width\"", "a list of 2 values", "a list is for \"widths\""}},
        Malformed{R"({"width":5,"depth":2,"name":"a/b"})", {"\"name\"", "\"a/b\""}},
        Malformed{R"({"width":5,"depth":2,"seed":-1})", {"\"seed\"", "-1"}},
        Malformed{R"({"width":5,"depth":2,"seed":1e30})", {"\"seed\"", "1e+30"}},
        Malformed{R"({"width":5,"depth":2,"estimator":"mcmc"})", {"\"estimator\"", "\"mcmc\"", "\"reject\""}},
        Malformed{R"({"width":5,"depth":2,"draw":"all"})", {"\"draw\"", "\"all\"", "\"factors\""}},
        Malformed{R"({"width":5,"depth":2,"chunk_size":-1})", {"\"chunk_size\"", "-1"}},
        Malformed{R"({"width":5,"depth":2,"max_stored":0.5})", {"\"max_stored\"", "0.5"}},
        Malformed{R"({"width":5,"depth":2,"problem":""})", {"\"problem\""}}),
    [](const auto& of) { return test_name(of.index, of.param.text); });

TEST(ParseConfig, NonFiniteNumbersAreRejectedHoweverTheyArrive) {
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_THROW(parse_config({{"width", 5}, {"depth", 2}, {"gnc_eps_train", bad}}, "c.json"), UsageError);
    EXPECT_THROW(parse_config({{"width", bad}, {"depth", 2}}, "c.json"), UsageError);
  }
}

TEST(LoadConfig, FilesThatCannotBeReadAreNamed) {
  const std::string folder = testing::TempDir();
  for (const std::string& path : {folder + "absent.json", folder}) {
    try {
      load_config(path);
      FAIL();
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(load_config("/dev/zero"), UsageError);
}

}  // namespace
}  // namespace gnc
