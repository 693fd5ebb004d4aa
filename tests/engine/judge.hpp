#pragma once

#include <cmath>
#include <vector>

#include "host/config/config.hpp"
#include "host/problem/problem.hpp"

namespace gnc {

/// One draw by the formulas of the model alone, in double precision.
struct JudgedDraw {
  RowMatrix Y;
  double train_loss = 0.0;
  double gen_loss = 0.0;
};

/// `weights`: W_1, .., W_d, each row-major, one after the other.
inline JudgedDraw judge(const Config& config, const Point& point, const Problem& problem,
                        const std::vector<float>& weights) {
  const Eigen::Index m = problem.n_rows();
  RowMatrix Y = RowMatrix::Identity(m, m);
  const float* next = weights.data();
  for (std::int64_t layer = 1; layer <= point.depth; ++layer) {
    const bool last = layer == point.depth;
    const Eigen::Index cols = last ? problem.n_cols() : point.width;
    RowMatrix W(Y.cols(), cols);
    for (Eigen::Index i = 0; i < W.size(); ++i) W.data()[i] = static_cast<double>(*next++);
    Y = (Y * W / std::sqrt(static_cast<double>(cols))).eval();
    if (last) break;
    if (config.activation == Activation::Tanh) Y = Y.array().tanh().matrix().eval();
    if (config.activation == Activation::LeakyRelu) {
      Y = Y.unaryExpr([&](double x) { return x > 0 ? x : config.negative_slope * x; }).eval();
    }
  }
  if (config.gnc_normalize) Y /= Y.norm() + config.gnc_softening;
  const Eigen::Map<const Eigen::VectorXd> y(Y.data(), Y.size());
  JudgedDraw draw;
  draw.train_loss =
      (problem.A_train * y - problem.b_train).squaredNorm() / static_cast<double>(problem.n_train());
  draw.gen_loss = (problem.A_test * y - problem.b_test).squaredNorm() / static_cast<double>(problem.n_test());
  draw.Y = Y;
  return draw;
}

}  // namespace gnc
