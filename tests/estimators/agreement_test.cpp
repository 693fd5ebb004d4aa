#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/config/conditional_validity.hpp"
#include "host/experiment/prior_law.hpp"
#include "host/experiment/resolved_tolerances.hpp"
#include "host/problem/random_problem.hpp"
#include "host/splitting/curve_points.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "host/statistics/weight_statistics.hpp"
#include "kernels/draw_form.hpp"
#include "tests/estimators/estimate_cell.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {
namespace {

// Under the sanitizers every case still runs, with wider errors: agreement to a few per cent is for other
// builds.
#ifdef __SANITIZE_ADDRESS__
constexpr double kBudget = 0.02;
constexpr SplittingSettings kSettings{96, kDefaultSweeps};
constexpr std::uint64_t kPopulations = 8;
#else
constexpr double kBudget = 1.0;
constexpr SplittingSettings kSettings{768, kDefaultSweeps};
constexpr std::uint64_t kPopulations = 16;
#endif

/// Train loss that one draw in `every` is below, from draws of a cell with another seed.
double tolerance_of(Config config, const Point& point, const Problem& problem, std::size_t every) {
  config.seed += 1000;
  const PreparedCell cell(config, point, 0, problem);
  constexpr std::size_t kDraws = kBudget < 1.0 ? 20'000 : 100'000;
  std::vector<float> losses;
  for (const AcceptedDraw& draw :
       CpuEngine().run_chunk(cell, {0, kDraws}, std::vector{1e30}, kDraws).stored) {
    losses.push_back(draw.train_loss);
  }
  std::ranges::sort(losses);
  return losses[kDraws / every];
}

struct Configuration {
  std::string name;
  std::int64_t n_rows, n_cols, rank, measurements;
  Activation activation;
  Prior prior;
  bool normalize, completion;
  Point point;
};

/// Both priors, all activations, completion, normalised or not, wide and tall, rank 2, narrow, wide, shallow
/// and deep.
std::vector<Configuration> configurations() {
  using enum Activation;
  using enum Prior;
  return {
      {"unif tanh", 5, 5, 1, 15, Tanh, Unif, false, false, {5, 3, 0, 0}},
      {"unif leaky normalized", 5, 5, 1, 10, LeakyRelu, Unif, true, false, {7, 2, 0, 0}},
      {"unif depth 1", 5, 4, 1, 9, Linear, Unif, false, false, {3, 1, 0, 0}},
      {"leaky completion", 5, 5, 1, 12, LeakyRelu, Gauss, false, true, {6, 3, 0, 0}},
      {"4x6", 4, 6, 1, 14, Linear, Gauss, false, false, {8, 4, 0, 0}},
      {"6x4 tanh", 6, 4, 1, 13, Tanh, Gauss, false, false, {20, 2, 0, 0}},
      {"narrow tanh normalized", 5, 5, 1, 15, Tanh, Gauss, true, false, {2, 3, 0, 0}},
      {"normalized", 5, 5, 1, 15, Linear, Gauss, true, false, {36, 2, 0, 0}},
      {"rank 2", 5, 5, 2, 18, Linear, Gauss, false, false, {5, 2, 0, 0}},
      {"rank 2 completion unif", 4, 6, 2, 12, Linear, Unif, false, true, {6, 2, 0, 0}},
      {"narrow", 5, 5, 1, 12, Linear, Gauss, false, false, {3, 2, 0, 0}},
      {"leaky wide", 4, 4, 1, 10, LeakyRelu, Gauss, false, false, {64, 2, 0, 0}},
      {"deep", 3, 3, 1, 6, Linear, Gauss, true, false, {4, 8, 0, 0}},
  };
}

/// An acceptance rate with the standard error of its logarithm, and the posterior mean with its own.
struct Answer {
  double rate, log_rate_error, gen, gen_se;
};

Answer rejected(const std::vector<ChunkResult>& chunks, std::size_t tolerance, double draws) {
  LossSums accepted;
  for (const ChunkResult& chunk : chunks) accepted.add(chunk.accepted[tolerance]);
  const LossStatistics gen = loss_statistics(accepted);
  const auto count = static_cast<double>(accepted.count);
  // Means of fewer have no error to rely on.
  if (accepted.count < 20) return {count / draws, 1.0 / std::sqrt(count), 0.0, INFINITY};
  return {count / draws, 1.0 / std::sqrt(count), *gen.mean, *gen.standard_error};
}

void expect_agreement(const Answer& answer, const Answer& judge, const std::string& name) {
  const double z_rate =
      std::log(answer.rate / judge.rate) / std::hypot(answer.log_rate_error, judge.log_rate_error);
  const double z_gen = (answer.gen - judge.gen) / std::hypot(answer.gen_se, judge.gen_se);
  EXPECT_LT(std::abs(z_rate), 4) << name << ": " << answer.rate << " against " << judge.rate;
  EXPECT_LT(std::abs(z_gen), 4) << name << ": " << answer.gen << " against " << judge.gen;
  fmt::print("{}: rate {:.4g} ({:.4g}), {:+.2f} standard errors; loss {:.4g} ({:.4g}), {:+.2f}\n", name,
             answer.rate, judge.rate, z_rate, answer.gen, judge.gen, z_gen);
}

// At tolerances that one draw in 30 and one in 2000 meets.
TEST(Agreement, OfAllEstimatorsWithRejection) {
  int by_product = 0, by_conditional = 0;
  for (const Configuration& c : configurations()) {
    Config config;
    config.n_rows = c.n_rows;
    config.n_cols = c.n_cols;
    config.gt_rank = c.rank;
    config.num_measurements = c.measurements;
    config.activation = c.activation;
    config.gnc_init = c.prior;
    config.gnc_normalize = c.normalize;
    config.completion = c.completion;
    config.seed = 77;
    const Problem problem = random_problem(config, 0);
    const std::vector<double> tolerances{tolerance_of(config, c.point, problem, 30),
                                         tolerance_of(config, c.point, problem, 2000)};
    const auto draws = static_cast<std::uint64_t>(2e6 * kBudget);
    const PreparedCell cell(config, c.point, 0, problem);
    std::vector<Answer> judges;
    const auto chunks = run_cell(cell, tolerances, draws);
    for (std::size_t t = 0; t < 2; ++t) judges.push_back(rejected(chunks, t, static_cast<double>(draws)));

    const auto curves = run_populations(cell, kPopulations, kSettings, curve_points(tolerances, cell.view()));
    for (std::size_t t = 0; t < 2; ++t) {
      std::vector<CurvePoint> points;
      for (const auto& curve : curves) {
        points.push_back(*std::ranges::find(curve, tolerances[t], &CurvePoint::eps_train));
      }
      const SplittingEstimate found = splitting_estimate(points);
      ASSERT_TRUE(found.reached) << c.name;
      expect_agreement({found.rate, log_rate_error(points), *found.gen, *found.gen_se}, judges[t],
                       c.name + " splitting");
    }

    config.draw = DrawLaw::Product;
    const PreparedCell product(config, c.point, 0, problem);
    if (draw_form(product.view()) != DrawForm::Factors) {
      ++by_product;
      const auto products = run_cell(product, tolerances, draws);
      for (std::size_t t = 0; t < 2; ++t) {
        expect_agreement(rejected(products, t, static_cast<double>(draws)), judges[t], c.name + " product");
      }
    }

    config.estimator = Estimator::Conditional;
    if (why_not_conditional(config, c.point).empty()) {
      ++by_conditional;
      const auto hidden_draws = static_cast<std::uint64_t>(5e4 * kBudget);
      const auto weighted = run_cell(PreparedCell(config, c.point, 0, problem), tolerances, hidden_draws);
      for (std::size_t t = 0; t < 2; ++t) {
        const WeightStatistics found = weight_statistics(weights_of(weighted, t), hidden_draws);
        const double error = std::log(found.rate_high / found.rate_low) / (2 * 1.96);
        expect_agreement({found.rate, error, *found.gen, *found.gen_se}, judges[t], c.name + " conditional");
      }
    }
  }
  EXPECT_EQ(by_product, 7);
  EXPECT_EQ(by_conditional, 6);
}

// With one measurement, where rounding shows most: the steps of single precision that fit one target.
TEST(Agreement, OfSplittingWithConditionalAtTheLeastTolerance) {
  // Its size is that of the targets, or of what the prior makes of the measurements.
  for (const auto& [seed, gt_norm] : std::vector<std::pair<std::int64_t, double>>{
           {0, 10.0}, {1, 10.0}, {2, 10.0}, {0, 1e-4}, {1, 1e-4}, {2, 1e-4}}) {
    Config config;
    config.gt_norm = gt_norm;
    config.n_rows = 4;
    config.n_cols = 1;
    config.num_measurements = 1;
    config.completion = true;
    config.seed = 11;
    const Problem problem = random_problem(config, seed);
    const Point point{4, 2, 0, 0};
    const std::vector<double> tolerance{
        least_resolved_tolerance(problem, Estimator::Splitting, point, prior_mean_square(config, point))};
    const PreparedCell cell(config, point, seed, problem);
    const auto curves = run_populations(cell, kPopulations, kSettings, curve_points(tolerance, cell.view()));
    std::vector<CurvePoint> points;
    for (const auto& curve : curves) points.push_back(curve.back());
    const SplittingEstimate found = splitting_estimate(points);
    ASSERT_TRUE(found.reached);

    config.estimator = Estimator::Conditional;
    const auto hidden_draws = static_cast<std::uint64_t>(2e5 * kBudget);
    const auto weighted = run_cell(PreparedCell(config, point, seed, problem), tolerance, hidden_draws);
    const WeightStatistics judge = weight_statistics(weights_of(weighted, 0), hidden_draws);
    expect_agreement(
        {found.rate, log_rate_error(points), *found.gen, *found.gen_se},
        {judge.rate, std::log(judge.rate_high / judge.rate_low) / (2 * 1.96), *judge.gen, *judge.gen_se},
        fmt::format("seed {}, norm {}", seed, gt_norm));
  }
}

// A product of a column and a row through three measurements of four: two matrices fit, and the posterior is
// in two parts, each about half of it. Populations have their own medians in either.
TEST(Agreement, OfQuartilesWhereThePosteriorIsInTwoParts) {
  Config config;
  config.n_rows = 2;
  config.n_cols = 2;
  config.num_measurements = 3;
  const Problem problem = random_problem(config, 46);
  const Point point{1, 2, 0, 0};
  const std::vector<double> tolerance{1e-5};
  const PreparedCell cell(config, point, 0, problem);
  // Small networks are quick under the sanitizers too, and fewer particles have their median in either part.
  const auto curves = run_populations(cell, 16, {768, kDefaultSweeps}, curve_points(tolerance, cell.view()));
  const Quartiles found =
      splitting_estimate(points_at(curves, curves.front().size() - 1)).gen_quartiles.value();

  config.estimator = Estimator::Conditional;
  constexpr std::uint64_t hidden_draws = 1'000'000;
  const auto weighted = run_cell(PreparedCell(config, point, 0, problem), tolerance, hidden_draws, 10'000);
  const Quartiles judge = weight_statistics(weights_of(weighted), hidden_draws).gen_quartiles.value();
  fmt::print("quartiles {:.3g} {:.3g} {:.3g} ({:.3g} {:.3g} {:.3g})\n", found.q25, found.median, found.q75,
             judge.q25, judge.median, judge.q75);
  EXPECT_LT(std::abs(std::log(found.q25 / judge.q25)), std::log(1.5));
  EXPECT_LT(std::abs(std::log(found.median / judge.median)), std::log(1.5));
  EXPECT_NEAR(found.q75, judge.q75, 0.05);
}

}  // namespace
}  // namespace gnc
