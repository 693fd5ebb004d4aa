#include "host/cli/availability.hpp"

#include <gtest/gtest.h>

#include <string>

#include "host/errors.hpp"

namespace gnc {
namespace {

ValueOrigin in_file(std::string_view key) { return ValueOrigin::key("c.json", key); }

TEST(Availability, WhatExistsPasses) { EXPECT_NO_THROW(require_available(Config{}, in_file)); }

TEST(Availability, ConditionalNeedsAGaussianLastLayer) {
  Config good;
  good.estimator = Estimator::Conditional;
  good.points = {{5, 2, 0.0, 0.0}};
  EXPECT_NO_THROW(require_available(good, in_file));
  const auto refuse = [](const Config& config, const std::string& named) {
    try {
      require_available(config, in_file);
      FAIL() << named;
    } catch (const UsageError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("c.json: key \"estimator\": got conditional"), std::string::npos) << message;
      EXPECT_NE(message.find(named), std::string::npos) << message;
    }
  };
  Config bad = good;
  bad.gnc_init = Prior::Unif;
  refuse(bad, "gnc_init");
  bad = good;
  bad.gnc_normalize = true;
  refuse(bad, "gnc_normalize");
  bad = good;
  bad.points.push_back({5, 1, 0.0, 0.0});
  refuse(bad, "depth 1");
  good.points.push_back({kInfiniteWidth, 5, 0.0, 0.0});
  EXPECT_NO_THROW(require_available(good, in_file));
}

TEST(Availability, DrawLawProductNeedsTheGaussianPrior) {
  Config config;
  config.draw = DrawLaw::Product;
  EXPECT_NO_THROW(require_available(config, in_file));
  config.gnc_init = Prior::Unif;
  try {
    require_available(config, in_file);
    FAIL();
  } catch (const UsageError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("c.json: key \"draw\": got product together with gnc_init unif"),
              std::string::npos)
        << message;
  }
}

}  // namespace
}  // namespace gnc
