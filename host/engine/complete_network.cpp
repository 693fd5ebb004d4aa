#include "host/engine/complete_network.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cstdint>

#include "host/problem/problem.hpp"
#include "kernels/draw_form.hpp"

namespace gnc {
namespace {

RowMatrix matrix(const float* from, Eigen::Index rows, Eigen::Index cols) {
  using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const FloatMatrix>(from, rows, cols).cast<double>();
}

/// W_1, .., W_d of a draw's weights.
std::vector<RowMatrix> layers_of(const CellView& cell, const std::vector<float>& weights) {
  std::vector<RowMatrix> layers;
  for (int layer = 1; layer <= cell.depth; ++layer) {
    layers.push_back(matrix(weights.data() + layer_offset(cell.n_rows, cell.width, layer),
                            layer == 1 ? cell.n_rows : cell.width,
                            layer == cell.depth ? cell.n_cols : cell.width));
  }
  return layers;
}

/// Q of W = L Q with L lower-triangular, its diagonal positive, and orthonormal rows of Q; W has at least as
/// many columns as rows.
RowMatrix orthonormal_rows(const RowMatrix& W) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(W.transpose());
  const Eigen::MatrixXd thin = qr.householderQ() * Eigen::MatrixXd::Identity(W.cols(), W.rows());
  RowMatrix Q = thin.transpose();
  for (Eigen::Index i = 0; i < W.rows(); ++i) {
    if (qr.matrixQR()(i, i) < 0.0) Q.row(i) *= -1.0;
  }
  return Q;
}

/// Makes the layers' product that of the factors; both as drawn, W_1 with shape.rows rows.
void fit_triangular(const TriangularShape& shape, const float* factors, std::vector<RowMatrix>& layers) {
  const auto next = [&factors](Eigen::Index rows, Eigen::Index cols) {
    const float* const from = factors;
    factors += rows * cols;
    return matrix(from, rows, cols);
  };
  const Eigen::Index inner = shape.inner;
  RowMatrix Q = orthonormal_rows(layers.front().topRows(inner));
  layers.front() = next(shape.rows, inner) * Q;
  for (std::size_t j = 1; j < layers.size(); ++j) {
    const RowMatrix seen = Q * layers[j];
    RowMatrix wanted;
    RowMatrix next_Q;
    if (j + 1 < layers.size()) {
      next_Q = orthonormal_rows(seen);
      wanted = next(inner, inner) * next_Q;
    } else {
      wanted = next(inner, shape.cols);
    }
    layers[j] += Q.transpose() * (wanted - seen);
    Q = std::move(next_Q);
  }
}

void transpose_all(std::vector<RowMatrix>& layers) {
  std::reverse(layers.begin(), layers.end());
  for (RowMatrix& layer : layers) layer = RowMatrix(layer.transpose());
}

}  // namespace

std::vector<float> complete_network(const CellView& cell, const ReplayedDraw& draw) {
  const DrawForm form = draw_form(cell);
  if (form == DrawForm::Factors) return draw.weights;
  std::vector<RowMatrix> layers = layers_of(cell, draw.weights);
  if (form == DrawForm::Triangular) {
    const TriangularShape shape(cell);
    if (shape.transposed) transpose_all(layers);
    fit_triangular(shape, draw.factors.data(), layers);
    if (shape.transposed) transpose_all(layers);
  } else {
    const RowMatrix H = matrix(draw.hidden.data(), cell.n_rows, cell.width);
    const RowMatrix missing = matrix(draw.product.data(), cell.n_rows, cell.n_cols) - H * layers.back();
    const RowMatrix gram = H * H.transpose();
    layers.back() += H.transpose() * gram.ldlt().solve(missing);
  }
  std::vector<float> weights;
  weights.reserve(draw.weights.size());
  for (const RowMatrix& layer : layers) {
    for (Eigen::Index i = 0; i < layer.size(); ++i) weights.push_back(static_cast<float>(layer.data()[i]));
  }
  return weights;
}

}  // namespace gnc
