#include <fmt/format.h>
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <cmath>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/experiment/interrupt.hpp"
#include "host/experiment/prior_law.hpp"
#include "host/experiment/resolved_tolerances.hpp"
#include "host/experiment/run_experiment.hpp"
#include "host/problem/problem_file.hpp"
#include "host/problem/random_problem.hpp"
#include "host/statistics/loss_statistics.hpp"
#include "host/statistics/weight_statistics.hpp"
#include "kernels/cpu/conditional_kernel.hpp"
#include "kernels/cpu/draw_kernel.hpp"
#include "tests/estimators/estimate_cell.hpp"
#include "tests/experiment/run_numbers.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/reference_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr double kBudget = 0.01;
#else
constexpr double kBudget = 1.0;
#endif

Config conditional_config(Activation activation = Activation::Linear) {
  Config config;
  config.estimator = Estimator::Conditional;
  config.activation = activation;
  config.seed = 31;
  return config;
}

/// Standard error of the rate, from the effective sample size.
double rate_error(const WeightStatistics& statistics, double drawn) {
  return statistics.rate * std::sqrt(std::max(0.0, 1.0 / *statistics.ess - 1.0 / drawn));
}

// K of a hidden draw by the formulas of the model alone, from the weights that rejection draws at that index.
Eigen::MatrixXd judged_gram(const Config& config, const Point& point, const Problem& problem,
                            const std::vector<float>& weights) {
  Eigen::MatrixXd H = Eigen::MatrixXd::Identity(problem.n_rows(), problem.n_rows());
  const float* next = weights.data();
  for (std::int64_t layer = 1; layer < point.depth; ++layer) {
    RowMatrix W(H.cols(), point.width);
    for (Eigen::Index i = 0; i < W.size(); ++i) W.data()[i] = static_cast<double>(*next++);
    H = (H * W / std::sqrt(static_cast<double>(point.width))).eval();
    if (config.activation == Activation::Tanh) H = H.array().tanh().matrix().eval();
    if (config.activation == Activation::LeakyRelu) {
      H = H.unaryExpr([&](double x) { return x > 0 ? x : config.negative_slope * x; }).eval();
    }
  }
  return H * H.transpose() / static_cast<double>(problem.n_cols());
}

// The formulas of docs/methods.md, `conditional`, as they are written: eigenvalues, M(t), E_t Q.
TEST(Conditional, OneWeightFollowsTheFormulas) {
  struct Case {
    Activation activation;
    Point point;
    double tolerance;
  };
  ScratchMemory memory;
  for (const Case& c :
       {Case{Activation::Linear, {5, 2, 0, 0}, 0.02}, Case{Activation::Tanh, {7, 3, 0, 0}, 1e-3},
        Case{Activation::LeakyRelu, {12, 4, 0, 0}, 0.3}, Case{Activation::Tanh, {90, 2, 0, 0}, 1e-6}}) {
    const Config config = conditional_config(c.activation);
    const Problem problem = random_problem(config, 0);
    const PreparedCell cell(config, c.point, 0, problem);
    for (const std::uint64_t index : {0u, 1u, 6u, 1003u}) {
      const ReplayedDraw replayed = replay_draw(cell.view(), index, memory);
      const Eigen::MatrixXd K = judged_gram(config, c.point, problem, replayed.weights);
      Eigen::MatrixXd big = Eigen::MatrixXd::Zero(25, 25);  // K x I in row-major order of Y
      for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 5; ++j)
          for (int col = 0; col < 5; ++col) big(5 * i + col, 5 * j + col) = K(i, j);
      const Eigen::MatrixXd S = problem.A_train * big * problem.A_train.transpose();
      const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(S);
      const Eigen::VectorXd b = eigen.eigenvectors().transpose() * problem.b_train;

      const ConditionalProbe probe =
          probe_conditional(cell.view(), *cell.conditional(), c.tolerance, index, memory);
      double log_m = 0.0, mean = 0.0, spread = 0.0;
      for (Eigen::Index i = 0; i < b.size(); ++i) {
        const double lambda = eigen.eigenvalues()[i];
        const double v = 1.0 / (1.0 + 2.0 * probe.tilt * lambda);
        log_m += 0.5 * std::log(v) - probe.tilt * b[i] * b[i] * v;
        mean += lambda * v + b[i] * b[i] * v * v;
        spread += 2 * lambda * lambda * v * v + 4 * lambda * v * b[i] * b[i] * v * v;
      }
      const double expected = log_m + probe.tilt * probe.squared_residual;
      EXPECT_NEAR(probe.log_weight, expected, 1e-5 * (1.0 + std::abs(log_m)));
      EXPECT_NEAR(mean + 1.0 / probe.tilt, 15.0 * c.tolerance, 0.05 * 15.0 * c.tolerance);
      EXPECT_LT(std::abs(probe.squared_residual - mean), 6 * std::sqrt(spread));
    }
  }
}

TEST(Conditional, AgreesWithEveryReferenceCaseItAppliesTo) {
  std::ifstream file(reference_folder() + "/cases.json");
  int cases = 0;
  for (const auto& json : nlohmann::json::parse(file)) {
    if (json.at("gnc_init") != "gauss" || json.at("gnc_normalize") == true) continue;
    ++cases;
    const std::string activation = json.at("activation");
    Config config = conditional_config(activation == "Linear" ? Activation::Linear
                                       : activation == "Tanh" ? Activation::Tanh
                                                              : Activation::LeakyRelu);
    config.negative_slope = json.at("negative_slope");
    config.gnc_eps_train = {json.at("eps_train").get<double>()};
    const Point point{json.at("width"), json.at("depth"), 0.0, 0.0};
    const Problem problem =
        read_problem(fmt::format("{}/{}.json", reference_folder(), json.at("problem").get<std::string>()));
    const PreparedCell cell(config, point, 0, problem);
    const auto draws = static_cast<std::uint64_t>(600'000 * kBudget);
    const auto chunks = run_cell(cell, config.gnc_eps_train, draws);
    const WeightStatistics found = weight_statistics(weights_of(chunks), draws);
    const double rate = json.at("acceptance_rate"), rate_se = json.at("acceptance_rate_se");
    const double error = std::hypot(rate_se, rate_error(found, static_cast<double>(draws)));
    const std::string name = json.dump();
    EXPECT_LT(std::abs(found.rate - rate), 4 * error) << name << ": " << found.rate;
    const double gen = json.at("gnc_gen"), gen_se = json.at("gnc_gen_se");
    EXPECT_LT(std::abs(*found.gen - gen), 4 * std::hypot(gen_se, *found.gen_se))
        << name << ": " << *found.gen;
    fmt::print(
        "rate {:.5g} (reference {:.5g}, {:+.2f} standard errors), loss {:.5g} ({:.5g}), ESS {:.3g}, k "
        "{:.2f}\n",
        found.rate, rate, (found.rate - rate) / error, *found.gen, gen, *found.ess,
        found.pareto_k.value_or(0.0));
    if (json.contains("prior_gen")) {
      LossSums prior;
      for (const ChunkResult& chunk : chunks) prior.add(chunk.prior);
      const LossStatistics loss = loss_statistics(prior);
      EXPECT_LT(std::abs(*loss.mean - json.at("prior_gen").get<double>()),
                4 * std::hypot(2e-5, *loss.standard_error));
    }
  }
  EXPECT_EQ(cases, 11);
}

struct Agreement {
  std::string name;
  std::int64_t n_rows, n_cols, rank, measurements;
  bool completion;
  Activation activation;
  Point point;
  double tolerance;
};

TEST(Conditional, AgreesWithRejectionRateLossAndQuartiles) {
  const std::vector<Agreement> agreements = {
      {"tanh", 5, 5, 1, 15, false, Activation::Tanh, {5, 2, 0, 0}, 0.04},
      {"leaky", 5, 5, 1, 15, false, Activation::LeakyRelu, {8, 2, 0, 0}, 0.02},
      {"completion", 5, 5, 1, 15, true, Activation::Linear, {6, 2, 0, 0}, 0.05},
      {"4x6", 4, 6, 1, 14, false, Activation::Linear, {7, 2, 0, 0}, 0.04},
      {"6x4 tanh completion", 6, 4, 1, 13, true, Activation::Tanh, {9, 2, 0, 0}, 0.04},
      {"rank 2", 5, 5, 2, 22, false, Activation::Linear, {5, 2, 0, 0}, 0.05},
      {"depth 3", 5, 5, 1, 15, false, Activation::Linear, {6, 3, 0, 0}, 0.03},
      {"depth 4 leaky", 5, 5, 1, 12, false, Activation::LeakyRelu, {5, 4, 0, 0}, 0.01},
      {"narrow: singular", 5, 5, 1, 15, false, Activation::Linear, {2, 2, 0, 0}, 0.04},
      {"width 1: singular", 4, 4, 1, 9, false, Activation::Tanh, {1, 2, 0, 0}, 0.04},
      {"tiled width", 3, 3, 1, 5, false, Activation::Tanh, {101, 2, 0, 0}, 0.01},
      {"one measurement", 2, 2, 1, 1, false, Activation::Linear, {3, 2, 0, 0}, 0.01},
  };
  for (const Agreement& a : agreements) {
    SCOPED_TRACE(a.name);
    Config config = conditional_config(a.activation);
    config.n_rows = a.n_rows;
    config.n_cols = a.n_cols;
    config.gt_rank = a.rank;
    config.num_measurements = a.measurements;
    config.completion = a.completion;
    config.gnc_eps_train = {a.tolerance};
    const Problem problem = random_problem(config, 3);
    const auto draws = static_cast<std::uint64_t>(200'000 * kBudget);
    const PreparedCell conditional(config, a.point, 3, problem);
    const auto chunks = run_cell(conditional, config.gnc_eps_train, draws, 100'000);
    const WeightTally tally = weights_of(chunks);
    const WeightStatistics found = weight_statistics(tally, draws);

    config.estimator = Estimator::Reject;
    config.seed = 32;
    const PreparedCell reject(config, a.point, 3, problem);
    const auto rejected = static_cast<std::uint64_t>(6e6 * kBudget);
    LossSums accepted;
    std::vector<double> losses;
    for (const ChunkResult& chunk : run_cell(reject, config.gnc_eps_train, rejected, 1'000'000)) {
      accepted.add(chunk.accepted[0]);
      for (const AcceptedDraw& draw : chunk.stored) losses.push_back(draw.gen_loss);
    }
    const auto n = static_cast<double>(rejected);
    const double rate = static_cast<double>(accepted.count) / n;
    const double error = std::hypot(rate_error(found, static_cast<double>(draws)), std::sqrt(rate / n));
    EXPECT_GT(accepted.count, kBudget < 1.0 ? 0u : 50u);
    EXPECT_LT(std::abs(found.rate - rate), 4 * error) << found.rate << " against " << rate;
    const LossStatistics loss = loss_statistics(accepted);
    if (accepted.count < 20) continue;
    EXPECT_LT(std::abs(*found.gen - *loss.mean), 4 * std::hypot(*found.gen_se, *loss.standard_error))
        << *found.gen << " against " << *loss.mean;
    // How many of the rejection's losses lie below the weighted quartiles: binomial about 1/4, 1/2, 3/4, with
    // the weighted sample's own size in the error.
    const double posterior_size = std::min(*found.ess, static_cast<double>(accepted.count));
    for (const auto& [probability, value] :
         {std::pair{0.25, found.gen_quartiles->q25}, std::pair{0.5, found.gen_quartiles->median},
          std::pair{0.75, found.gen_quartiles->q75}}) {
      const auto below = static_cast<double>(
          std::count_if(losses.begin(), losses.end(), [&](double x) { return x < value; }));
      EXPECT_NEAR(below / static_cast<double>(losses.size()), probability,
                  4 * std::sqrt(2.0 * probability * (1 - probability) / posterior_size));
    }
  }
}

// Y = G / sqrt(n_cols): measured entries are N(0, 1 / n_cols), so that n_cols times their squared distance
// from the targets is noncentral chi-squared, and the others are independent of them. 4 sigma, fixed seed.
TEST(Conditional, AtInfiniteWidthFollowsANoncentralChiSquaredLaw) {
  Config config = conditional_config();
  config.completion = true;
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {kInfiniteWidth, 3, 0.0, 0.0}, 0, problem);
  const std::vector<double> tolerances{0.1, 0.02, 1e-4, 1e-6};
  const double draws = 1e5 * kBudget;
  const auto chunks = run_cell(cell, tolerances, static_cast<std::uint64_t>(draws));
  const boost::math::non_central_chi_squared law(15.0, 5.0 * problem.b_train.squaredNorm());
  const double gen = 0.2 + problem.b_test.squaredNorm() / 10.0;
  for (std::size_t t = 0; t < tolerances.size(); ++t) {
    const WeightStatistics statistics =
        weight_statistics(weights_of(chunks, t), static_cast<std::uint64_t>(draws));
    const double truth = boost::math::cdf(law, 5.0 * 15.0 * tolerances[t]);
    EXPECT_LT(std::abs(statistics.rate - truth), 4.0 * rate_error(statistics, draws))
        << tolerances[t] << ": " << statistics.rate << " against " << truth;
    // Given the measured entries the mean loss of the others is the same whatever they are.
    EXPECT_NEAR(*statistics.gen, gen, 1e-5 * gen) << tolerances[t];
  }
}

TEST(Conditional, EverythingMeetsALargeTolerance) {
  const Config config = conditional_config();
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, problem);
  const WeightStatistics found = weight_statistics(weights_of(run_cell(cell, {1e6}, 5000)), 5000);
  EXPECT_NEAR(found.rate, 1.0, 1e-6);
  EXPECT_LT(found.rate_low, 1.0);
  EXPECT_GT(found.rate_low, 0.998);
  EXPECT_EQ(found.rate_high, 1.0);
}

/// Expects that P / eps^(n / 2) is the same for n measurements and all the tolerances, as where they are so
/// small that the density of z is constant around b.
void expect_power_of_the_volume(const Config& config, const std::vector<double>& tolerances) {
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {40, 2, 0, 0}, 0, problem);
  const std::uint64_t draws = 20'000;
  const auto chunks = run_cell(cell, tolerances, draws);
  const double power = 0.5 * static_cast<double>(config.num_measurements);
  std::vector<double> constants;
  for (std::size_t t = 0; t < tolerances.size(); ++t) {
    const WeightStatistics found = weight_statistics(weights_of(chunks, t), draws);
    ASSERT_GT(found.ess.value_or(0.0), 1000) << tolerances[t];
    constants.push_back(std::log10(found.rate) - power * std::log10(tolerances[t]));
    EXPECT_LT(found.rate_low, found.rate);
    EXPECT_GT(found.rate_high, found.rate);
    EXPECT_GT(found.rate_low, 0.0);
  }
  for (const double constant : constants) EXPECT_NEAR(constant, constants.front(), 0.02);
}

TEST(Conditional, TinyTolerancesFollowThePowerOfTheVolume) {
  expect_power_of_the_volume(conditional_config(), {1e-8, 1e-16, 1e-30, 1e-38});
}

// The tilt's square is beyond double precision.
TEST(Conditional, TolerancesOfTheLeastRatesFollowThePowerOfTheVolume) {
  Config config = conditional_config();
  config.num_measurements = 3;
  expect_power_of_the_volume(config, {1e-30, 1e-150, 1e-156, 1e-165, 1e-195});
}

// Two zeros in one column of the product of two vectors u, v of 2 normal numbers over sqrt(2): P is that of
// v_0² |u|² <= 4 eps, for small eps 2 sqrt(eps) as E 1 / |u| = sqrt(pi / 2).
TEST(Conditional, SingularCovariancesAreRightDownToTheLeastTolerance) {
  Config config = conditional_config();
  config.n_rows = config.n_cols = 2;
  Problem problem = random_problem(config, 0);
  problem.A_train = RowMatrix::Zero(2, 4);
  problem.A_train(0, 0) = problem.A_train(1, 2) = 1.0;
  problem.b_train = Eigen::VectorXd::Zero(2);
  const Point point{1, 2, 0, 0};
  const double least =
      least_resolved_tolerance(problem, Estimator::Conditional, point, prior_mean_square(config, point));
  EXPECT_DOUBLE_EQ(least, 0.5e-10);
  const auto hidden_draws = static_cast<std::uint64_t>(4e6 * kBudget);
  const PreparedCell cell(config, point, 0, problem);
  const WeightStatistics found =
      weight_statistics(weights_of(run_cell(cell, {least}, hidden_draws), 0), hidden_draws);
  const double error = std::log(found.rate_high / found.rate_low) / (2 * 1.96);
  EXPECT_NEAR(std::log(found.rate), std::log(2.0 * std::sqrt(least)), 5 * error);
}

TEST(Conditional, NothingReachedGivesAnUpperBoundAndNoLoss) {
  const Config config = conditional_config();
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {1, 2, 0, 0}, 0, problem);  // rank 1, in a direction almost surely wrong
  const WeightStatistics found = weight_statistics(weights_of(run_cell(cell, {1e-12}, 1000)), 1000);
  EXPECT_EQ(found.rate, 0.0);
  EXPECT_EQ(found.rate_low, 0.0);
  EXPECT_NEAR(found.rate_high, 2.71828 * 3.682e-3, 1e-5);
  EXPECT_FALSE(found.gen);
}

TEST(Conditional, ContradictoryMeasurementsAreNeverMet) {
  Config config = conditional_config();
  Problem problem = random_problem(config, 0);
  problem.A_train.row(1) = problem.A_train.row(0);
  problem.b_train[1] = problem.b_train[0] + 1.0;
  const PreparedCell cell(config, {5, 2, 0, 0}, 0, problem);
  const auto chunks = run_cell(cell, {0.1, 0.01}, 2000);
  EXPECT_GT(weights_of(chunks, 0).nonzero, 0u);  // the least train loss is 1 / (2 * 15)
  EXPECT_EQ(weights_of(chunks, 1).nonzero, 0u);
}

TEST(Conditional, AnySplitIntoChunksGivesTheSameBits) {
  const Config config = conditional_config(Activation::Tanh);
  const Problem problem = random_problem(config, 0);
  const PreparedCell cell(config, {9, 3, 0, 0}, 0, problem);
  const std::vector<double> tolerances{0.02, 1e-4};
  CpuEngine engine;
  const ChunkResult whole = engine.run_chunk(cell, {0, 3000}, tolerances, 5000);
  for (std::size_t t = 0; t < tolerances.size(); ++t) {
    WeightTally parts;
    LossSums prior;
    std::uint64_t begin = 0;
    for (const std::uint64_t end : {1u, 8u, 13u, 700u, 2999u, 3000u}) {
      const ChunkResult part = engine.run_chunk(cell, {begin, end}, tolerances, 5000);
      parts.add(part.weighted[t]);
      prior.add(part.prior);
      begin = end;
    }
    EXPECT_TRUE(parts == whole.weighted[t]);
    EXPECT_TRUE(prior == whole.prior);
  }
}

std::vector<CellNumbers> numbers_of_run(const Config& config, int threads, int interrupt_after) {
  const ScratchFolder scratch;
  RunOptions options;
  options.workers.threads = threads;
  Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
  for (;;) {
    const Interrupt interrupt;
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    std::atomic<int> chunks{0};
    struct Interrupting final : Engine {
      Interrupting(std::atomic<int>& counter, int most) : made(counter), after(most) {}
      std::string name() const override { return engine.name(); }
      ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                            const StoreLimits& max_stored) override {
        if (++made == after) std::raise(SIGINT);
        return engine.run_chunk(cell, range, tolerances, max_stored);
      }
      CpuEngine engine;
      std::atomic<int>& made;
      int after;
    };
    options.workers.make_engine = [&](int) {
      return std::make_unique<Interrupting>(chunks, interrupt_after);
    };
    if (run_experiment(ledger, options) == RunOutcome::Finished) return run_numbers(ledger);
  }
}

TEST(Conditional, ThreadsChunksAndResumingGiveTheSameNumbers) {
#ifdef __SANITIZE_ADDRESS__
  constexpr std::uint64_t kDraws = 3'000;
#else
  constexpr std::uint64_t kDraws = 20'000;
#endif
  const auto with_chunks = [&](std::int64_t chunk_size) {
    return small_experiment({{"estimator", "conditional"},
                             {"gd", false},
                             {"gnc_num_samples", kDraws},
                             {"chunk_size", chunk_size}});
  };
  const Config config = with_chunks(kDraws / 20);
  const auto once = numbers_of_run(config, 1, -1);
  ASSERT_EQ(once.size(), 4u);
  EXPECT_EQ(once[0].drawn, kDraws);
  EXPECT_EQ(once[0].weighted[0].largest.size(), kLargestWeights);
  EXPECT_EQ(once[0].weighted[0].posterior.size(), 150u);
  expect_same_numbers(numbers_of_run(config, 3, -1), once);
  expect_same_numbers(numbers_of_run(config, 2, 7), once);
  expect_same_numbers(numbers_of_run(with_chunks(kDraws * 7 / 20), 2, -1), once);
}

}  // namespace
}  // namespace gnc
