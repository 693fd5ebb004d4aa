#include "host/report/prior_tail.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace gnc {
namespace {

/// |y|^2 of a row of the last hidden layer, drawn anew.
class HiddenRow {
 public:
  HiddenRow(const Config& config, int width, int depth) : config_(config), width_(width), depth_(depth) {}

  double squared_norm() {
    std::vector<double> y = layer({1.0});
    for (int number = 2; number < depth_; ++number) y = layer(y);
    double sum = 0.0;
    for (const double x : y) sum += x * x;
    return sum;
  }

 private:
  std::vector<double> layer(const std::vector<double>& before) {
    std::vector<double> y(static_cast<std::size_t>(width_));
    for (double& x : y) {
      for (const double input : before) {
        x += input * (config_.gnc_init == Prior::Gauss ? normal_(words_) : uniform_(words_));
      }
      if (config_.activation == Activation::LeakyRelu && x < 0.0) x *= config_.negative_slope;
    }
    return y;
  }

  Config config_;
  int width_, depth_;
  std::mt19937_64 words_{17};
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_{-1.0, 1.0};
};

struct Ratio {
  double value = 0.0, error = 0.0;
};

/// E[|y|^4] / E[|y|^2]^2 by simulation, with its standard error.
Ratio simulated(const Config& config, int width, int depth) {
  constexpr int kGroups = 50, kDraws = 8'000;
  HiddenRow row(config, width, depth);
  double sum = 0.0, squares = 0.0;
  for (int group = 0; group < kGroups; ++group) {
    double second = 0.0, fourth = 0.0;
    for (int i = 0; i < kDraws; ++i) {
      const double norm = row.squared_norm();
      second += norm / kDraws;
      fourth += norm * norm / kDraws;
    }
    const double ratio = fourth / (second * second);
    sum += ratio / kGroups;
    squares += ratio * ratio / kGroups;
  }
  return {sum, std::sqrt((squares - sum * sum) / (kGroups - 1))};
}

TEST(HiddenKurtosis, IsThatOfGaussianNetworks) {
  Config config;
  config.negative_slope = 0.2;
  for (const Activation activation : {Activation::Linear, Activation::LeakyRelu}) {
    config.activation = activation;
    for (const int depth : {2, 3, 4}) {
      const Ratio found = simulated(config, 6, depth);
      // A ratio of means is biased by about the square of its error in each group.
      EXPECT_NEAR(hidden_kurtosis(config, 6, depth), found.value, 4.0 * found.error + 0.01) << depth;
    }
  }
  config.activation = Activation::Linear;
  EXPECT_DOUBLE_EQ(hidden_kurtosis(config, 5, 3), 1.4 * 1.4);
  EXPECT_DOUBLE_EQ(hidden_kurtosis(config, 1, 4), 27.0);
}

TEST(HiddenKurtosis, BoundsThatOfUniformNetworks) {
  Config config;
  config.gnc_init = Prior::Unif;
  const Ratio narrow = simulated(config, 1, 3);
  EXPECT_NEAR(hidden_kurtosis(config, 1, 3), narrow.value, 4.0 * narrow.error + 0.01);
  const Ratio found = simulated(config, 6, 4);
  EXPECT_GT(hidden_kurtosis(config, 6, 4), found.value - 4.0 * found.error);
  EXPECT_LT(hidden_kurtosis(config, 6, 4), 1.5 * found.value);
}

TEST(HiddenKurtosis, IsOneWhereLossesAreBounded) {
  Config config;
  config.activation = Activation::Tanh;
  EXPECT_EQ(hidden_kurtosis(config, 1, 30), 1.0);
  config.activation = Activation::Linear;
  EXPECT_EQ(hidden_kurtosis(config, kInfiniteWidth, 5), 1.0);
  config.gnc_normalize = true;
  EXPECT_EQ(hidden_kurtosis(config, 1, 30), 1.0);
}

}  // namespace
}  // namespace gnc
