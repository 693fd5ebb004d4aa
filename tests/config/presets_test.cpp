#include "host/config/presets.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "host/errors.hpp"

namespace gnc {
namespace {

TEST(Presets, ThirtyThreeDistinctExperiments) {
  const auto& names = preset_names();
  EXPECT_EQ(names.size(), 33u);
  EXPECT_EQ(names.front(), "fig1-linear");
  EXPECT_EQ(names.back(), "fig11-leaky-relu");
  std::set<std::string> contents;
  for (const auto& name : names) {
    contents.insert(preset_json(name).dump());
    EXPECT_FALSE(preset_description(name).empty());
    const ParsedConfig parsed = preset_config(name);
    EXPECT_EQ(parsed.config.name, name);
    EXPECT_TRUE(parsed.warnings.empty());
  }
  EXPECT_EQ(contents.size(), 33u);
}

struct Expected {
  const char* figure;
  SweepAxis axis;
  std::int64_t gt_rank, num_measurements;
  bool completion, normalize;
  Prior prior;
  double eps_train, momentum;
  std::int64_t epochs, leaky_epochs;
};

// The published settings, written out figure by figure.
TEST(Presets, SettingsAreThePublishedOnes) {
  constexpr auto by_width = SweepAxis::Width;
  constexpr auto by_depth = SweepAxis::Depth;
  const std::vector<Expected> table{
      {"fig1", by_width, 1, 15, false, false, Prior::Gauss, 0.02, 0.0, 100'000, 100'000},
      {"fig2", by_depth, 1, 15, false, true, Prior::Gauss, 0.0035, 0.0, 20'000, 50'000},
      {"fig3", by_width, 1, 15, false, false, Prior::Gauss, 0.02, 0.9, 100'000, 100'000},
      {"fig4", by_depth, 1, 15, false, true, Prior::Gauss, 0.0035, 0.9, 20'000, 50'000},
      {"fig5", by_width, 2, 22, false, false, Prior::Gauss, 0.02, 0.0, 100'000, 100'000},
      {"fig6", by_depth, 2, 22, false, true, Prior::Gauss, 0.01, 0.0, 50'000, 50'000},
      {"fig7", by_width, 1, 15, false, false, Prior::Unif, 0.02, 0.0, 100'000, 100'000},
      {"fig8", by_depth, 1, 15, false, true, Prior::Unif, 0.0035, 0.0, 20'000, 50'000},
      {"fig9", by_width, 1, 15, true, false, Prior::Gauss, 0.02, 0.0, 100'000, 100'000},
      {"fig10", by_depth, 1, 15, true, true, Prior::Gauss, 0.0035, 0.0, 20'000, 50'000},
      {"fig11", by_depth, 1, 15, false, false, Prior::Gauss, 0.01, 0.0, 20'000, 50'000},
  };
  for (const Expected& e : table) {
    for (const auto& [suffix, activation] :
         {std::pair{"-linear", Activation::Linear}, std::pair{"-tanh", Activation::Tanh},
          std::pair{"-leaky-relu", Activation::LeakyRelu}}) {
      const std::string name = std::string(e.figure) + suffix;
      SCOPED_TRACE(name);
      const Config config = preset_config(name).config;
      const bool leaky = activation == Activation::LeakyRelu;
      EXPECT_EQ(config.activation, activation);
      EXPECT_EQ(config.negative_slope, 0.2);
      EXPECT_EQ(config.n_rows, 5);
      EXPECT_EQ(config.n_cols, 5);
      EXPECT_EQ(config.gt_norm, 1.0);
      EXPECT_EQ(config.num_seeds, 8);
      EXPECT_EQ(config.axis, e.axis);
      EXPECT_EQ(config.gt_rank, e.gt_rank);
      EXPECT_EQ(config.num_measurements, e.num_measurements);
      EXPECT_EQ(config.completion, e.completion);
      EXPECT_EQ(config.gnc_normalize, e.normalize);
      EXPECT_EQ(config.gnc_softening, 1e-6);
      EXPECT_EQ(config.gnc_init, e.prior);
      EXPECT_EQ(config.gnc_eps_train, std::vector<double>{e.eps_train});
      EXPECT_EQ(config.gd_momentum, e.momentum);
      EXPECT_EQ(config.gd_epochs, leaky ? e.leaky_epochs : e.epochs);
      EXPECT_EQ(config.gnc_num_samples, e.axis == by_width ? 100'000'000u : 1'000'000'000u);
      std::vector<Point> points;
      if (e.axis == by_width) {
        for (const std::int64_t width : {5, 10, 20, 40, 80, 160}) points.push_back({width, 2, 1e-4, 1e-3});
      } else {
        const double deepest = leaky ? 0.1 : 0.2;
        const std::vector<double> scales{0.001, 0.001, 0.001, 0.1, 0.1, 0.1, 0.1, deepest, deepest};
        for (std::int64_t depth = 2; depth <= 10; ++depth) {
          points.push_back({5, depth, 0.01, scales[static_cast<std::size_t>(depth - 2)]});
        }
      }
      EXPECT_EQ(config.points, points);
    }
  }
}

TEST(Presets, JsonKeepsThePublishedKeyOrder) {
  const auto json = preset_json("fig1-leaky-relu");
  EXPECT_EQ(json.begin().key(), "n_rows");
  EXPECT_EQ(json["activation"], "Leaky ReLU");
  EXPECT_EQ(json["gnc_batch_sizes"].size(), 8u);
  EXPECT_EQ(json["gd_lrs"].dump(), "[0.0001]");
}

TEST(Presets, UnknownNamesGetTheNearestOne) {
  for (const auto& [wrong, nearest] :
       {std::pair{"fig1-linea", "fig1-linear"}, std::pair{"FIG9-TANH", "fig9-tanh"},
        std::pair{"fig11-leakyrelu", "fig11-leaky-relu"}}) {
    try {
      preset_or_file(wrong);
      FAIL() << wrong;
    } catch (const UsageError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find(wrong), std::string::npos) << message;
      EXPECT_NE(message.find(nearest), std::string::npos) << message;
    }
    EXPECT_THROW(preset_json(wrong), UsageError);
  }
}

TEST(Presets, AWordThatLooksLikeAPathIsReadAsAFile) {
  try {
    preset_or_file("nowhere/absent.json");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("nowhere/absent.json: cannot be read"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace gnc
