#pragma once

#include <array>
#include <vector>

#include "host/descent/descent.hpp"
#include "host/problem/random_problem.hpp"

namespace gnc {

inline constexpr std::array<Activation, 3> kActivations = {Activation::Linear, Activation::Tanh,
                                                           Activation::LeakyRelu};

/// A problem with three measurements for every five entries.
inline Problem test_problem(std::int64_t n_rows, std::int64_t n_cols, std::int64_t replicate) {
  Config config;
  config.n_rows = n_rows;
  config.n_cols = n_cols;
  config.num_measurements = n_rows * n_cols * 3 / 5;
  return random_problem(config, replicate);
}

/// 300 epochs from a start of 0.7 of the usual size, at rates at which most shapes learn.
inline DescentRun test_run(const Problem& problem, std::int64_t width, std::int64_t depth,
                           Activation activation, double momentum) {
  DescentRun run;
  run.problem = &problem;
  run.width = width;
  run.depth = depth;
  run.activation = activation;
  run.negative_slope = 0.2;
  run.lr = momentum > 0.0 ? 0.001 : 0.01;
  run.init_scale = 0.7;
  run.momentum = momentum;
  run.epochs = 300;
  run.key = cell_key(9, static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(depth), 0);
  return run;
}

/// Problems and networks of all kinds: square, tall and wide problems, widths 1 to 160, up to ten layers,
/// with 8, 32 and 256 partial sums.
struct DescentShape {
  std::int64_t n_rows, n_cols, width, depth;
};
inline constexpr std::array<DescentShape, 11> kDescentShapes = {{{5, 5, 5, 2},
                                                                 {5, 5, 160, 2},
                                                                 {5, 5, 5, 1},
                                                                 {5, 5, 4, 4},
                                                                 {5, 5, 5, 10},
                                                                 {5, 5, 100, 3},
                                                                 {7, 3, 9, 2},
                                                                 {3, 7, 6, 4},
                                                                 {4, 6, 1, 2},
                                                                 {7, 2, 1, 4},
                                                                 {1, 4, 20, 3}}};

/// A run of each shape, activation and momentum (0 and 0.9), all with different measurements.
/// `problems` holds what the runs point to.
struct ManyDescents {
  ManyDescents() {
    problems.reserve(kDescentShapes.size());
    for (std::size_t i = 0; i < kDescentShapes.size(); ++i) {
      const DescentShape& shape = kDescentShapes.at(i);
      problems.push_back(test_problem(shape.n_rows, shape.n_cols, static_cast<std::int64_t>(i)));
      for (const Activation activation : kActivations) {
        for (const double momentum : {0.0, 0.9}) {
          runs.push_back(test_run(problems.back(), shape.width, shape.depth, activation, momentum));
        }
      }
    }
  }
  ManyDescents(const ManyDescents&) = delete;
  ManyDescents& operator=(const ManyDescents&) = delete;

  std::vector<Problem> problems;
  std::vector<DescentRun> runs;
};

}  // namespace gnc
