#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/engine/complete_network.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "kernels/cholesky_draws.hpp"
#include "kernels/scalar_lanes.hpp"
#include "kernels/triangular_draws.hpp"
#include "tests/engine/engine_cases.hpp"

namespace gnc {
namespace {

// Under the sanitizers some of the cases, at fewer draws: agreement to a few per cent is for other builds.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kEvery = 5;
constexpr std::uint64_t kMostBlocks = 8;
constexpr std::int64_t kMostWidth = 100;
constexpr int kNetworks = 2'000;
#else
constexpr std::size_t kEvery = 1;
constexpr std::uint64_t kMostBlocks = 80;
constexpr std::int64_t kMostWidth = 1'000;
constexpr int kNetworks = 20'000;
#endif

// Two independent estimates agree within 4 combined standard errors.
void expect_close(double a, double a_se, double b, double b_se, const std::string& what) {
  EXPECT_LT(std::abs(a - b), 4.0 * std::hypot(a_se, b_se)) << what << ": " << a << " against " << b;
}

// Rates, posterior and prior means of the two draw laws, at a tolerance that one draw in 5 meets and one that
// one in 100 meets.
TEST(Product, HasTheLawOfFactors) {
  CpuEngine engine;
  std::vector<EngineCase> cases = product_cases();
  // Narrower than the matrix, and tall with a width between its sides.
  for (const std::int64_t width : {1, 3}) {
    for (const std::int64_t depth : {2, 4}) {
      EngineCase c = cases.front();
      c.point = {width, depth, 0.0, 0.0};
      c.name = "5x5 width " + std::to_string(width) + " depth " + std::to_string(depth) + " product";
      cases.push_back(c);
    }
  }
  std::size_t number = 0;
  for (const EngineCase& c : cases) {
    if (number++ % kEvery != 0 || c.point.width > kMostWidth) continue;
    const Problem problem = random_problem(c.config, 0);
    const PreparedCell product(c.config, c.point, 0, problem);
    Config with_factors = c.config;
    with_factors.draw = DrawLaw::Factors;
    const PreparedCell factors(with_factors, c.point, 0, problem);
    const std::uint64_t draws =
        1024 *
        std::clamp<std::uint64_t>(
            4'000'000 / static_cast<std::uint64_t>(numbers_per_draw(factors.view())) / 1024, 8, kMostBlocks);

    std::vector<float> losses;
    const std::vector<double> everything = {kEverything};
    for (const AcceptedDraw& draw :
         engine.run_chunk(factors, {1u << 30, (1u << 30) + 4096}, everything, 4096).stored) {
      losses.push_back(draw.train_loss);
    }
    std::ranges::sort(losses);
    const std::vector<double> tolerances = {losses[losses.size() / 5], losses[losses.size() / 100]};

    const ChunkResult a = engine.run_chunk(factors, {0, draws}, tolerances, 0);
    const ChunkResult b = engine.run_chunk(product, {0, draws}, tolerances, 0);
    const auto n = static_cast<double>(draws);
    for (std::size_t t = 0; t < tolerances.size(); ++t) {
      const double rate_a = static_cast<double>(a.accepted[t].count) / n;
      const double rate_b = static_cast<double>(b.accepted[t].count) / n;
      expect_close(rate_a, std::sqrt(rate_a / n), rate_b, std::sqrt(rate_b / n), c.name + " rate");
      const LossStatistics gen_a = loss_statistics(a.accepted[t]);
      const LossStatistics gen_b = loss_statistics(b.accepted[t]);
      expect_close(*gen_a.mean, *gen_a.standard_error, *gen_b.mean, *gen_b.standard_error, c.name + " gen");
    }
    const LossStatistics prior_a = loss_statistics(a.prior);
    const LossStatistics prior_b = loss_statistics(b.prior);
    expect_close(*prior_a.mean, *prior_a.standard_error, *prior_b.mean, *prior_b.standard_error,
                 c.name + " prior");
  }
}

// Networks made for the draws have weights of the prior: second moments, within one matrix, between W_1 and
// W_2, and fourth moments, each within 4.5 standard errors of about 700 comparisons.
TEST(Product, CompletedNetworksHaveTheLawOfThePrior) {
  ScratchMemory memory;
  struct Shape {
    std::int64_t n_rows, n_cols, width, depth;
    Activation activation;
  };
  for (const Shape& shape : {Shape{3, 4, 4, 3, Activation::Linear}, Shape{4, 2, 3, 2, Activation::Linear},
                             Shape{3, 3, 2, 3, Activation::Linear}, Shape{2, 2, 5, 2, Activation::Tanh}}) {
    Config config;
    config.n_rows = shape.n_rows;
    config.n_cols = shape.n_cols;
    config.num_measurements = 3;
    config.activation = shape.activation;
    config.draw = DrawLaw::Product;
    config.seed = 11;
    const PreparedCell cell(config, {shape.width, shape.depth, 0.0, 0.0}, 0, random_problem(config, 0));
    ASSERT_NE(draw_form(cell.view()), DrawForm::Factors);
    std::vector<double> second, fourth;
    std::size_t n = 0;
    for (int index = 0; index < kNetworks; ++index) {
      const std::vector<float> w =
          complete_network(cell.view(), replay_draw(cell.view(), static_cast<std::uint64_t>(index), memory));
      n = w.size();
      second.resize(n * n);
      fourth.resize(n);
      for (std::size_t i = 0; i < n; ++i) {
        const double x = w[i];
        fourth[i] += x * x * x * x;
        for (std::size_t j = 0; j <= i; ++j) second[i * n + j] += x * static_cast<double>(w[j]);
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(fourth[i] / kNetworks, 3.0, 4.5 * std::sqrt(96.0 / kNetworks)) << "weight " << i;
      for (std::size_t j = 0; j <= i; ++j) {
        EXPECT_NEAR(second[i * n + j] / kNetworks, i == j ? 1.0 : 0.0,
                    4.5 * std::sqrt((i == j ? 2.0 : 1.0) / kNetworks))
            << "weights " << i << " and " << j;
      }
    }
  }
}

// One lane at a time, as a device thread draws.
TEST(Product, LanesAgree) {
  using L = plain::ScalarLanes;
  ScratchMemory memory;
  for (const EngineCase& c : product_cases()) {
    if (c.point.width > 70) continue;
    const PreparedCell cell(c.config, c.point, 0, random_problem(c.config, 0));
    const CellView& view = cell.view();
    const auto entries = static_cast<std::size_t>(view.n_entries());
    const auto hidden = static_cast<std::size_t>(view.n_rows * view.width);
    std::vector<float> window(256), first(hidden), next(hidden), Y(entries), transposed(entries);
    std::vector<float> factor(static_cast<std::size_t>(view.n_rows * view.n_rows));
    std::vector<float> chi_numbers(2 * factor.size() + 2);
    DrawScratch scratch{window.data(),
                        256,
                        first.data(),
                        next.data(),
                        Y.data(),
                        factor.data(),
                        transposed.data(),
                        chi_numbers.data(),
                        view.depth == 2 ? std::min(view.width, 40) : view.width};
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1234}, (std::uint64_t{1} << 40) + 5}) {
      const ReplayedDraw replayed = replay_draw(view, index, memory);
      if (view.activation == Activation::Linear) {
        plain::TriangularDraws<L>(view, scratch).end_to_end_of(index);
      } else if (view.activation == Activation::Tanh) {
        plain::CholeskyDraws<L, Activation::Tanh>(view, scratch).end_to_end_of(index);
      } else {
        plain::CholeskyDraws<L, Activation::LeakyRelu>(view, scratch).end_to_end_of(index);
      }
      double norm = 0.0;
      for (const float y : replayed.product) norm += static_cast<double>(y) * static_cast<double>(y);
      for (std::size_t e = 0; e < entries; ++e) {
        ASSERT_NEAR(Y[e], replayed.product[e], 1e-4 * std::sqrt(norm)) << c.name << " draw " << index;
      }
    }
  }
}

TEST(Product, ItsFormIsTheCheapestThatIsExact) {
  CellView cell;
  cell.n_rows = cell.n_cols = 5;
  cell.width = 160;
  cell.depth = 2;
  cell.draw = DrawLaw::Product;
  EXPECT_EQ(draw_form(cell), DrawForm::Triangular);
  EXPECT_EQ(numbers_per_draw(cell), 10 + 25 + 2 * 5);
  cell.depth = 10;
  EXPECT_EQ(numbers_per_draw(cell), 9 * (10 + 2 * 5) + 25);
  cell.activation = Activation::Tanh;
  cell.depth = 2;
  EXPECT_EQ(draw_form(cell), DrawForm::Cholesky);
  EXPECT_EQ(numbers_per_draw(cell), 5 * 160 + 25);
  cell.width = 5;
  EXPECT_EQ(draw_form(cell), DrawForm::Factors);
  cell.width = 160;
  cell.prior = Prior::Unif;
  EXPECT_EQ(draw_form(cell), DrawForm::Factors);
  cell.prior = Prior::Gauss;
  cell.draw = DrawLaw::Factors;
  EXPECT_EQ(draw_form(cell), DrawForm::Factors);
}

}  // namespace
}  // namespace gnc
