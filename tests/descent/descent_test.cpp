#include "host/descent/descent.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "kernels/random_stream.hpp"
#include "tests/descent/small_descents.hpp"

namespace gnc {
namespace {

using Matrices = std::vector<RowMatrix>;

/// The network, its loss and group RMSprop in double precision, by the formulas of the baseline alone.
class Judge {
 public:
  Judge(const DescentRun& run, const Problem& problem) : run_(run), problem_(problem) {}

  Matrices start() const {
    RandomStream stream(run_.key, Stream::DescentStart);
    Matrices W;
    for (std::int64_t layer = 1; layer <= run_.depth; ++layer) {
      const Eigen::Index rows = layer == 1 ? problem_.n_rows() : run_.width;
      const Eigen::Index cols = layer == run_.depth ? problem_.n_cols() : run_.width;
      RowMatrix w(rows, cols);
      for (Eigen::Index i = 0; i < w.size(); ++i) {
        w.data()[i] = (2.0 * stream.uniform() - 1.0) / std::sqrt(static_cast<double>(rows)) * run_.init_scale;
      }
      W.push_back(w);
    }
    return W;
  }

  double act(double x) const {
    if (run_.activation == Activation::Tanh) return std::tanh(x);
    return run_.activation == Activation::LeakyRelu && x <= 0 ? run_.negative_slope * x : x;
  }
  double slope(double x) const {
    if (run_.activation == Activation::Tanh) return 1.0 - std::tanh(x) * std::tanh(x);
    return run_.activation == Activation::LeakyRelu && x <= 0 ? run_.negative_slope : 1.0;
  }

  RowMatrix end_to_end(const Matrices& W, Matrices* inputs = nullptr, Matrices* slopes = nullptr) const {
    RowMatrix Y = RowMatrix::Identity(problem_.n_rows(), problem_.n_rows());
    for (std::size_t j = 0; j < W.size(); ++j) {
      if (inputs != nullptr) inputs->push_back(Y);
      const RowMatrix pre = Y * W[j];
      const bool last = j + 1 == W.size();
      if (slopes != nullptr && !last) slopes->push_back(pre.unaryExpr([this](double x) { return slope(x); }));
      Y = last ? pre : RowMatrix(pre.unaryExpr([this](double x) { return act(x); }));
    }
    return Y;
  }

  static Eigen::VectorXd vec(const RowMatrix& Y) {
    return Eigen::Map<const Eigen::VectorXd>(Y.data(), Y.size());
  }
  double loss(const Matrices& W, bool test) const {
    const RowMatrix& A = test ? problem_.A_test : problem_.A_train;
    const Eigen::VectorXd& b = test ? problem_.b_test : problem_.b_train;
    return (A * vec(end_to_end(W)) - b).squaredNorm() / static_cast<double>(A.rows());
  }

  Matrices gradient(const Matrices& W) const {
    Matrices inputs, slopes;
    const RowMatrix Y = end_to_end(W, &inputs, &slopes);
    const Eigen::VectorXd g = problem_.A_train.transpose() * (problem_.A_train * vec(Y) - problem_.b_train) *
                              2.0 / static_cast<double>(problem_.n_train());
    RowMatrix above = Eigen::Map<const RowMatrix>(g.data(), Y.rows(), Y.cols());
    Matrices gradients(W.size());
    for (std::size_t j = W.size(); j-- > 0;) {
      gradients[j] = inputs[j].transpose() * above;
      if (j > 0) above = (above * W[j].transpose()).cwiseProduct(slopes[j - 1]).eval();
    }
    return gradients;
  }

  Matrices train() const {
    Matrices W = start();
    Matrices u(W.size());
    for (std::size_t j = 0; j < W.size(); ++j) u[j] = RowMatrix::Zero(W[j].rows(), W[j].cols());
    double v = 0.0;
    for (std::int64_t t = 1; t <= run_.epochs; ++t) {
      const Matrices g = gradient(W);
      double square = 0.0;
      for (const RowMatrix& layer : g) square += layer.squaredNorm();
      v = 0.99 * v + 0.01 * square;
      const double scale = run_.lr / (std::sqrt(v / (1.0 - std::pow(0.99, static_cast<double>(t)))) + 1e-6);
      for (std::size_t j = 0; j < W.size(); ++j) {
        u[j] = run_.momentum * u[j] + g[j];
        W[j] -= scale * u[j];
      }
    }
    return W;
  }

 private:
  const DescentRun& run_;
  const Problem& problem_;
};

std::vector<DescentResult> train_all(const std::vector<DescentRun>& runs, int threads) {
  const std::atomic<bool> stop{false};
  std::vector<DescentResult> results(runs.size());
  std::vector<int> calls(runs.size(), 0);
  run_descents(runs, threads, stop, [&](std::size_t i, const DescentResult& result) {
    results[i] = result;
    ++calls[i];
  });
  EXPECT_EQ(calls, std::vector<int>(runs.size(), 1));
  return results;
}

TEST(Judge, GradientMatchesFiniteDifferences) {
  const Problem problem = test_problem(4, 6, 0);
  for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
    const DescentRun run = test_run(problem, 3, 3, activation, 0.0);
    const Judge judge(run, problem);
    Matrices W = judge.start();
    const Matrices g = judge.gradient(W);
    for (std::size_t j = 0; j < W.size(); ++j) {
      for (Eigen::Index i = 0; i < W[j].size(); ++i) {
        const double at = W[j].data()[i];
        W[j].data()[i] = at + 1e-6;
        const double up = judge.loss(W, false);
        W[j].data()[i] = at - 1e-6;
        const double down = judge.loss(W, false);
        W[j].data()[i] = at;
        ASSERT_NEAR(g[j].data()[i], (up - down) / 2e-6, 1e-8);
      }
    }
  }
}

// Float rounding is amplified a little by training; 300 steps stay within 1e-3 of the loss, or 1e-6.
TEST(Descent, AgreesWithTheDoublePrecisionJudge) {
  const Problem square = test_problem(5, 5, 0);
  const Problem wide = test_problem(4, 6, 1);
  struct Shape {
    const Problem* problem;
    std::int64_t width, depth;
  };
  const std::vector<Shape> shapes = {{&square, 5, 2}, {&square, 17, 2}, {&square, 5, 1}, {&square, 4, 5},
                                     {&wide, 3, 3},   {&wide, 1, 2},    {&wide, 10, 2}};
  std::vector<DescentRun> runs;
  for (const Shape& shape : shapes) {
    for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
      for (const double momentum : {0.0, 0.9}) {
        runs.push_back(test_run(*shape.problem, shape.width, shape.depth, activation, momentum));
      }
    }
  }
  const std::vector<DescentResult> results = train_all(runs, 2);
  int moved = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Judge judge(runs[i], *runs[i].problem);
    const Matrices W = judge.train();
    const double train = judge.loss(W, false);
    const double gen = judge.loss(W, true);
    EXPECT_NEAR(results[i].gd_train, train, 1e-3 * train + 1e-6) << "run " << i;
    EXPECT_NEAR(results[i].gd_gen, gen, 1e-3 * gen + 1e-6) << "run " << i;
    if (train < 0.9 * judge.loss(judge.start(), false)) ++moved;
  }
  EXPECT_GE(moved, static_cast<int>(runs.size()) * 3 / 4)
      << "too few runs learn anything for the comparison to count";
}

TEST(Descent, ResultsDependOnNeitherGroupingNorThreads) {
  std::vector<Problem> problems;
  problems.reserve(11);
  for (int seed = 0; seed < 11; ++seed) problems.push_back(test_problem(5, 5, seed));
  std::vector<DescentRun> runs;
  for (std::size_t seed = 0; seed < problems.size(); ++seed) {
    for (const std::int64_t width : {5, 9}) {
      runs.push_back(test_run(problems[seed], width, 3, Activation::Tanh, 0.5));
      runs.back().key = cell_key(1, static_cast<std::uint64_t>(width), 3, seed);
    }
  }
  const std::vector<DescentResult> together = train_all(runs, 1);
  const std::vector<DescentResult> threaded = train_all(runs, 3);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const DescentResult alone = train_all({runs[i]}, 1).front();
    EXPECT_EQ(together[i].gd_gen, alone.gd_gen) << i;
    EXPECT_EQ(together[i].gd_train, alone.gd_train) << i;
    EXPECT_EQ(threaded[i].gd_gen, alone.gd_gen) << i;
    EXPECT_EQ(threaded[i].gd_train, alone.gd_train) << i;
  }
}

TEST(Descent, MomentumIsApplied) {
  const Problem problem = test_problem(5, 5, 0);
  const DescentRun without = test_run(problem, 5, 2, Activation::Linear, 0.0);
  DescentRun with = without;
  with.momentum = 0.9;
  const std::vector<DescentResult> results = train_all({without, with}, 1);
  EXPECT_NE(results[0].gd_train, results[1].gd_train);
}

TEST(Descent, DivergedRunHasInfiniteLosses) {
  const Problem problem = test_problem(5, 5, 0);
  DescentRun run = test_run(problem, 5, 4, Activation::Linear, 0.9);
  run.lr = 1e30;
  const std::vector<DescentResult> results =
      train_all({run, test_run(problem, 5, 4, Activation::Linear, 0.9)}, 1);
  EXPECT_EQ(results[0].gd_gen, INFINITY);
  EXPECT_EQ(results[0].gd_train, INFINITY);
  EXPECT_TRUE(std::isfinite(results[1].gd_gen)) << "a diverged run must not touch its neighbours";
}

// Gradients whose squares overflow, at weights that do not: not a finite loss that stands still.
TEST(Descent, ARunWhoseGradientsOverflowHasInfiniteLosses) {
  const Problem problem = test_problem(5, 5, 0);
  DescentRun run = test_run(problem, 5, 6, Activation::Linear, 0.0);
  run.lr = 100.0;
  run.init_scale = 1.0;
  run.epochs = 50;
  const Judge judge(run, problem);
  const Matrices W = judge.train();
  EXPECT_GT(judge.loss(W, false), 1e10);
  EXPECT_TRUE(std::isfinite(judge.loss(W, false)));
  EXPECT_EQ(train_all({run}, 1)[0].gd_gen, INFINITY);
}

TEST(Descent, StopsWhenAsked) {
  const Problem problem = test_problem(5, 5, 0);
  DescentRun run = test_run(problem, 20, 2, Activation::Linear, 0.0);
  run.epochs = 1'000'000'000'000;
  const std::atomic<bool> stop{true};
  bool called = false;
  run_descents(std::vector{run}, 2, stop, [&](std::size_t, const DescentResult&) { called = true; });
  EXPECT_FALSE(called);
}

TEST(Descent, ErrorsOfTheCallbackReachTheCaller) {
  const Problem problem = test_problem(5, 5, 0);
  const std::atomic<bool> stop{false};
  const std::vector<DescentRun> runs(20, test_run(problem, 5, 2, Activation::Linear, 0.0));
  EXPECT_THROW(
      run_descents(runs, 3, stop, [](std::size_t, const DescentResult&) { throw std::logic_error("no"); }),
      std::logic_error);
}

}  // namespace
}  // namespace gnc
