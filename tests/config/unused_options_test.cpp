#include "host/config/unused_options.hpp"

#include <gtest/gtest.h>

#include "tests/experiment/small_experiment.hpp"

namespace gnc {
namespace {

using Lines = std::vector<std::string>;

Overrides every_budget() {
  Overrides overrides;
  overrides.num_samples = 5;
  overrides.splitting_particles = 10;
  overrides.splitting_sweeps = 3;
  overrides.splitting_populations = 4;
  return overrides;
}

TEST(UnusedOptions, AreNamedWithWhoUsesThem) {
  EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", "reject"}}), every_budget()),
            (Lines{"option --particles: not used by estimator reject, but by splitting",
                   "option --sweeps: not used by estimator reject, but by splitting",
                   "option --populations: not used by estimator reject, but by splitting"}));
  EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", "splitting"}}), every_budget()),
            (Lines{"option --num-samples: not used by estimator splitting, but by reject and conditional"}));
}

TEST(UnusedOptions, AutoMayUseThemAll) {
  EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", "auto"}}), every_budget()), Lines{});
}

TEST(UnusedOptions, WhatIsNotGivenIsNotNamed) {
  for (const char* estimator : {"reject", "conditional", "splitting"}) {
    EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", estimator}}), {}), Lines{});
  }
}

TEST(UnusedOptions, TheDrawLawIsOfRejectAndInfiniteWidth) {
  Overrides overrides;
  overrides.draw = DrawLaw::Product;
  EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", "conditional"}}), overrides),
            (Lines{"option --draw product: not used by estimator conditional, but by reject"}));
  EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", "reject"}}), overrides), Lines{});
  EXPECT_EQ(unused_option_warnings(small_experiment({{"estimator", "conditional"},
                                                     {"activation", "Linear"},
                                                     {"draw", "product"},
                                                     {"widths", {4, "inf"}}}),
                                   overrides),
            Lines{});
}

}  // namespace
}  // namespace gnc
