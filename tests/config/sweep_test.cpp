#include "host/config/sweep.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/errors.hpp"

namespace gnc {
namespace {

Config infinite_sweep() {
  Config config;
  config.n_rows = 3;
  config.n_cols = 7;
  config.points = {{5, 2, 0.1, 0.1}, {kInfiniteWidth, 1000, 0.1, 0.1}};
  config.draw = DrawLaw::Product;
  return config;
}

TEST(WeightsPerDraw, AreTheEntriesOfAllFactors) {
  const Config config = infinite_sweep();
  EXPECT_EQ(weights_per_draw(config, {5, 1, 0, 0}), 3 * 7);
  EXPECT_EQ(weights_per_draw(config, {5, 2, 0, 0}), 3 * 5 + 5 * 7);
  EXPECT_EQ(weights_per_draw(config, {5, 4, 0, 0}), 3 * 5 + 2 * 5 * 5 + 5 * 7);
}

TEST(WeightsPerDraw, AtInfiniteWidthAreTheEntriesOfYAtAnyDepth) {
  const Config config = infinite_sweep();
  for (const std::int64_t depth : {1, 2, 10, 1000}) {
    EXPECT_EQ(weights_per_draw(config, {kInfiniteWidth, depth, 0, 0}), 3 * 7) << depth;
  }
}

TEST(CheckCombination, TakesAnInfiniteWidthAtTheLargestDepth) {
  const auto origin = [](std::string_view key) { return ValueOrigin::key("c.json", key); };
  EXPECT_NO_THROW(check_combination(infinite_sweep(), origin));
}

TEST(CheckCombination, BoundsTheNumberOfCells) {
  Config config;
  config.num_seeds = 100'000;
  const auto check = [&] {
    check_combination(config, [](std::string_view key) { return ValueOrigin::key("c.json", key); });
  };
  for (std::int64_t width = 1; width <= 10; ++width) config.points.push_back({width, 2, 0.1, 0.1});
  EXPECT_NO_THROW(check());
  config.points.push_back({11, 2, 0.1, 0.1});
  try {
    check();
    FAIL() << "taken";
  } catch (const UsageError& error) {
    EXPECT_STREQ(
        error.what(),
        "c.json: key \"num_seeds\": got 100000 seeds, and c.json: key \"widths\": 11 points, 1100000 "
        "cells together, expected at most 1000000");
  }
}

TEST(Descends, WhereThereIsANetworkToTrain) {
  Config config = infinite_sweep();
  EXPECT_TRUE(descends(config, config.points[0]));
  EXPECT_FALSE(descends(config, config.points[1]));
  config.gd = false;
  EXPECT_FALSE(descends(config, config.points[0]));
}

TEST(CheckInfiniteWidth, NamesWhatStandsAgainstIt) {
  const ValueOrigin origin = ValueOrigin::option("--widths");
  const auto message_of = [&](const Config& config) -> std::string {
    try {
      check_infinite_width(config, origin);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message_of(infinite_sweep()), "");
  Config config = infinite_sweep();
  config.activation = Activation::LeakyRelu;
  EXPECT_EQ(
      message_of(config),
      "option --widths: got inf together with \"activation\" = \"Leaky ReLU\", expected \"Linear\", the "
      "activation whose limit is drawn");
  config = infinite_sweep();
  config.gnc_init = Prior::Unif;
  EXPECT_EQ(
      message_of(config),
      "option --widths: got inf together with \"gnc_init\" = \"unif\", expected \"gauss\", the prior whose "
      "limit is drawn");
  config = infinite_sweep();
  config.draw = DrawLaw::Factors;
  EXPECT_EQ(
      message_of(config),
      "option --widths: got inf together with \"draw\" = \"factors\", expected \"product\", as infinitely "
      "wide factors cannot be drawn");
  // A finite sweep may be anything.
  config.activation = Activation::Tanh;
  config.points.pop_back();
  EXPECT_EQ(message_of(config), "");
}

}  // namespace
}  // namespace gnc
