#include "host/experiment/prior_law.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "host/config/presets.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cell_view.hpp"
#include "tests/engine/judge.hpp"

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
      EXPECT_NEAR(hidden_kurtosis(config, {6, depth, 0.0, 0.0}), found.value, 4.0 * found.error + 0.01)
          << depth;
    }
  }
  config.activation = Activation::Linear;
  EXPECT_DOUBLE_EQ(hidden_kurtosis(config, {5, 3, 0.0, 0.0}), 1.4 * 1.4);
  EXPECT_DOUBLE_EQ(hidden_kurtosis(config, {1, 4, 0.0, 0.0}), 27.0);
}

TEST(HiddenKurtosis, BoundsThatOfUniformNetworks) {
  Config config;
  config.gnc_init = Prior::Unif;
  const Ratio narrow = simulated(config, 1, 3);
  EXPECT_NEAR(hidden_kurtosis(config, {1, 3, 0.0, 0.0}), narrow.value, 4.0 * narrow.error + 0.01);
  const Ratio found = simulated(config, 6, 4);
  EXPECT_GT(hidden_kurtosis(config, {6, 4, 0.0, 0.0}), found.value - 4.0 * found.error);
  EXPECT_LT(hidden_kurtosis(config, {6, 4, 0.0, 0.0}), 1.5 * found.value);
}

TEST(HiddenKurtosis, IsOneWhereLossesAreBounded) {
  Config config;
  config.activation = Activation::Tanh;
  EXPECT_EQ(hidden_kurtosis(config, {1, 30, 0.0, 0.0}), 1.0);
  config.activation = Activation::Linear;
  EXPECT_EQ(hidden_kurtosis(config, {kInfiniteWidth, 5, 0.0, 0.0}), 1.0);
  config.gnc_normalize = true;
  EXPECT_EQ(hidden_kurtosis(config, {1, 30, 0.0, 0.0}), 1.0);
}

/// Standard error of the mean of `count` losses, by as many draws of the weights in double precision.
double simulated_error(const Config& config, const Point& point, const Problem& problem, int count) {
  std::mt19937_64 words(5);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<float> weights(
      static_cast<std::size_t>(n_weights(config.n_rows, config.n_cols, point.width, point.depth)));
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < count; ++i) {
    for (float& w : weights) {
      w = static_cast<float>(config.gnc_init == Prior::Gauss ? normal(words) : uniform(words));
    }
    const double loss = judge(config, point, problem, weights).gen_loss;
    sum += loss / count;
    squares += loss * loss / count;
  }
  return std::sqrt((squares - sum * sum) / count);
}

// Losses vary somewhat less than the norm of Y, of which A_test sees a part.
TEST(PriorErrorByLaw, IsAboutThatOfMeansThatYDecides) {
  Config config;
  config.gt_norm = 1e-3;
  config.negative_slope = 0.2;
  const Problem problem = random_problem(config, 0);
  constexpr int kDraws = 100'000;
  const Point point{3, 4, 0.0, 0.0};
  for (const Activation activation : {Activation::Linear, Activation::LeakyRelu}) {
    for (const Prior prior : {Prior::Gauss, Prior::Unif}) {
      config.activation = activation;
      config.gnc_init = prior;
      const double found = simulated_error(config, point, problem, kDraws);
      const double law = prior_error_by_law(config, point, 1.0, kDraws);
      EXPECT_GT(law, 0.8 * found) << static_cast<int>(activation) << static_cast<int>(prior);
      EXPECT_LT(law, 1.8 * found) << static_cast<int>(activation) << static_cast<int>(prior);
    }
  }
  EXPECT_DOUBLE_EQ(prior_error_by_law(config, point, 9.0, kDraws),
                   9.0 * prior_error_by_law(config, point, 1.0, kDraws));
}

// Leaky ReLU of a small slope makes Y so small at depth 10 that b_test decides the loss.
TEST(PriorErrorByLaw, IsSmallWhereYIs) {
  Config config = preset_config("fig11-leaky-relu").config;
  EXPECT_LT(prior_error_by_law(config, {5, 10, 0.0, 0.0}, 1.0, 24 * 4096), 1e-3 * 0.05);
  config.activation = Activation::Linear;
  EXPECT_GT(prior_error_by_law(config, {1, 32, 0.0, 0.0}, 1.0, 1'000'000), 1.0);
  config.activation = Activation::Tanh;
  EXPECT_EQ(prior_error_by_law(config, {1, 32, 0.0, 0.0}, 1.0, 1'000'000), 0.0);
}

TEST(NormalisedLossesFit, WhereTheTestMeasurementsAndTargetsAreNotLarge) {
  Config config;
  Problem problem = random_problem(config, 0);
  EXPECT_TRUE(normalised_losses_fit(problem));
  problem.A_test.row(1) *= 300.0;
  EXPECT_FALSE(normalised_losses_fit(problem));
  config.gt_norm = 1000.0;
  EXPECT_FALSE(normalised_losses_fit(random_problem(config, 0)));
}

}  // namespace
}  // namespace gnc
