#include "host/config/overrides.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "host/config/config_json.hpp"
#include "host/config/presets.hpp"
#include "host/errors.hpp"
#include "tests/test_name.hpp"

namespace gnc {
namespace {

Config preset(const char* name) { return preset_config(name).config; }

TEST(Overrides, NothingGivenChangesNothing) {
  EXPECT_EQ(apply_overrides(preset("fig2-tanh"), {}), preset("fig2-tanh"));
}

TEST(Overrides, ScalarsReplaceTheConfigs) {
  Overrides overrides;
  overrides.num_samples = 1'000;
  overrides.num_seeds = 2;
  overrides.eps_train = {0.01, 0.1};
  overrides.seed = 9;
  overrides.no_gd = true;
  overrides.draw = DrawLaw::Product;
  overrides.estimator = Estimator::Conditional;
  overrides.splitting_particles = 100;
  overrides.splitting_sweeps = 7;
  overrides.splitting_populations = 9;
  overrides.problem_file = "/a/../b/p.json";
  const Config config = apply_overrides(preset("fig1-linear"), overrides);
  EXPECT_EQ(config.gnc_num_samples, 1'000u);
  EXPECT_EQ(config.num_seeds, 2);
  EXPECT_EQ(config.gnc_eps_train, (std::vector<double>{0.1, 0.01}));
  EXPECT_EQ(config.seed, 9u);
  EXPECT_FALSE(config.gd);
  EXPECT_EQ(config.draw, DrawLaw::Product);
  EXPECT_EQ(config.estimator, Estimator::Conditional);
  EXPECT_EQ(config.splitting_particles, 100);
  EXPECT_EQ(config.splitting_sweeps, 7);
  EXPECT_EQ(config.splitting_populations, 9);
  EXPECT_EQ(config.problem_file, "/b/p.json");
}

TEST(Overrides, TooManyCellsAreOfTheOptionsThatMakeThem) {
  Overrides overrides;
  overrides.num_seeds = 100'000;
  overrides.no_gd = true;
  for (std::int64_t width = 1; width <= 1000; ++width) overrides.widths.push_back(width);
  try {
    apply_overrides(preset("fig1-linear"), overrides);
    FAIL() << "taken";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "option --num-seeds: got 100000 seeds, and option --widths: 1000 points, 100000000 cells "
                 "together, expected at most 1000000");
  }
}

TEST(Overrides, DepthsKeepTheirSettings) {
  Overrides overrides;
  overrides.depths = {10, 2, 5};
  const Config config = apply_overrides(preset("fig2-linear"), overrides);
  const std::vector<Point> points{{5, 10, 0.01, 0.2}, {5, 2, 0.01, 0.001}, {5, 5, 0.01, 0.1}};
  EXPECT_EQ(config.points, points);
  EXPECT_EQ(config.axis, SweepAxis::Depth);
}

TEST(Overrides, NewWidthsOfADepthSweepKeepTheDepthsSettings) {
  Overrides overrides;
  overrides.widths = {20};
  overrides.depths = {4, 10};
  const Config config = apply_overrides(preset("fig2-linear"), overrides);
  EXPECT_EQ(config.points, (std::vector<Point>{{20, 4, 0.01, 0.001}, {20, 10, 0.01, 0.2}}));
  EXPECT_EQ(config.axis, SweepAxis::Depth);
}

TEST(Overrides, NewValuesTakeSettingsAllPointsShare) {
  Overrides overrides;
  overrides.widths = {7, 13};
  const Config config = apply_overrides(preset("fig1-linear"), overrides);
  EXPECT_EQ(config.points, (std::vector<Point>{{7, 2, 1e-4, 1e-3}, {13, 2, 1e-4, 1e-3}}));
  EXPECT_TRUE(config.gnc_batch_sizes.empty());
}

TEST(Overrides, AxisFollowsTheListsGiven) {
  Overrides overrides;
  overrides.widths = {5, 10};
  EXPECT_EQ(apply_overrides(preset("fig2-linear"), overrides).axis, SweepAxis::Grid);
  overrides = {};
  overrides.widths = {5};
  EXPECT_EQ(apply_overrides(preset("fig1-linear"), overrides).axis, SweepAxis::Width);
  overrides.depths = {2, 3};
  EXPECT_EQ(apply_overrides(preset("fig1-linear"), overrides).axis, SweepAxis::Depth);
}

TEST(Overrides, OverriddenConfigsRoundTripThroughJson) {
  Overrides overrides;
  overrides.widths = {5, 10, 15, 20, 25, 30, 35};
  overrides.depths = {2, 10};
  for (const char* name : {"fig1-linear", "fig2-linear"}) {
    Overrides some = overrides;
    if (std::string(name) == "fig1-linear") some.depths = {2};
    const Config config = apply_overrides(preset(name), some);
    EXPECT_EQ(parse_config(to_json(config), "ledger").config, config) << name;
  }
}

TEST(Overrides, UnknownSettingIsFineWithoutGradientDescent) {
  Overrides overrides;
  overrides.depths = {12};
  overrides.no_gd = true;
  EXPECT_EQ(apply_overrides(preset("fig2-linear"), overrides).points.at(0).depth, 12);
}

// fig2-linear's start scales differ between depths: none can be guessed for depth 12.
TEST(Overrides, AnInfiniteWidthNeedsNoSettingsOfGradientDescent) {
  Overrides overrides;
  overrides.widths = {5, kInfiniteWidth};
  overrides.depths = {12};
  EXPECT_THROW(apply_overrides(preset("fig2-linear"), overrides), UsageError);
  overrides.widths = {kInfiniteWidth};
  const Config config = apply_overrides(preset("fig2-linear"), overrides);
  ASSERT_EQ(config.points.size(), 1u);
  EXPECT_EQ(config.points[0].width, kInfiniteWidth);
  EXPECT_EQ(config.points[0].depth, 12);
}

TEST(Overrides, AnInfiniteWidthReplacesAndIsReplaced) {
  Overrides overrides;
  overrides.widths = {kInfiniteWidth, 10};
  Config config = apply_overrides(preset("fig1-linear"), overrides);
  EXPECT_EQ(config.axis, SweepAxis::Width);
  EXPECT_EQ(config.points, (std::vector<Point>{{kInfiniteWidth, 2, 1e-4, 1e-3}, {10, 2, 1e-4, 1e-3}}));
  overrides = {};
  overrides.depths = {3, 4};
  config = apply_overrides(config, overrides);
  EXPECT_EQ(config.axis, SweepAxis::Grid);
  EXPECT_EQ(config.points[1], (Point{kInfiniteWidth, 4, 1e-4, 1e-3}));
  overrides.widths = {7};
  EXPECT_EQ(apply_overrides(config, overrides).points[1], (Point{7, 4, 1e-4, 1e-3}));
}

struct BadOverride {
  std::function<void(Overrides&)> set;
  std::vector<const char*> named;
};

class BadOverrides : public testing::TestWithParam<BadOverride> {};

TEST_P(BadOverrides, MessageNamesTheOption) {
  Overrides overrides;
  GetParam().set(overrides);
  try {
    apply_overrides(preset("fig2-linear"), overrides);
    FAIL();
  } catch (const UsageError& error) {
    const std::string message = error.what();
    for (const char* part : GetParam().named) EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadOverrides,
    testing::Values(BadOverride{[](Overrides& o) { o.num_samples = 0; }, {"--num-samples", "got 0"}},
                    BadOverride{[](Overrides& o) { o.num_samples = std::uint64_t{1} << 63; },
                                {"--num-samples", "9223372036854775808"}},
                    BadOverride{[](Overrides& o) {
                                  o.estimator = Estimator::Conditional;
                                  o.num_samples = (std::uint64_t{1} << 42) + 1;
                                },
                                {"--num-samples", "4398046511105 by estimator conditional",
                                 "at most 4398046511104 hidden draws"}},
                    BadOverride{[](Overrides& o) { o.num_seeds = -1; }, {"--num-seeds", "-1"}},
                    BadOverride{[](Overrides& o) { o.widths = {0}; }, {"--widths", "got 0"}},
                    BadOverride{[](Overrides& o) {
                                  o.widths = {5, 5};
                                },
                                {"--widths", "5 a second time"}},
                    BadOverride{[](Overrides& o) {
                                  o.widths = {kInfiniteWidth, 5, kInfiniteWidth};
                                },
                                {"--widths", "inf a second time"}},
                    BadOverride{[](Overrides& o) { o.widths = {kInfiniteWidth - 1}; },
                                {"--widths", "9223372036854775806", "\"inf\""}},
                    BadOverride{[](Overrides& o) { o.depths = {kInfiniteWidth}; }, {"--depths"}},
                    BadOverride{[](Overrides& o) { o.widths = {1'000'000}; }, {"--widths", "weights a draw"}},
                    BadOverride{[](Overrides& o) { o.depths = {1'001}; }, {"--depths", "1001"}},
                    BadOverride{[](Overrides& o) {
                                  o.depths = {2, 12};
                                },
                                {"--depths", "depth 12", "gd_init_scales", "--no-gd"}},
                    BadOverride{[](Overrides& o) {
                                  o.eps_train = {0.1, std::nan("")};
                                },
                                {"--eps-train", "nan"}},
                    BadOverride{[](Overrides& o) { o.eps_train = {-1}; }, {"--eps-train", "-1"}},
                    BadOverride{[](Overrides& o) { o.chunk_size = ~std::uint64_t{0}; }, {"--chunk-size"}},
                    BadOverride{[](Overrides& o) { o.problem_file = ""; }, {"--problem"}}),
    [](const auto& of) { return test_name(of.index, joined(of.param.named)); });

}  // namespace
}  // namespace gnc
