#if defined(GNC_KERNELS_DESCENT_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_DESCENT_HPP
#undef GNC_KERNELS_DESCENT_HPP
#else
#define GNC_KERNELS_DESCENT_HPP
#endif

#include "kernels/activation.hpp"
#include "kernels/descent_view.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/matrix_product.hpp"

GNC_LANES_BEGIN

// Group RMSprop (Razin, Maman, Cohen 2022, arXiv 2201.11729, appendix D.2).
constexpr float kRmspropDecay = 0.99f;
constexpr float kRmspropSoftening = 1e-6f;

/// values[i] = act(values[i]), slopes[i] = act'(values[i]).
template <class L, Activation kActivation>
GNC_FN void activate_with_slopes(const DescentModel& model, const float* from, float* values, float* slopes,
                                 int count) {
  for (int i = 0; i < count; ++i) {
    const auto x = L::load(from + i * L::size);
    const auto y = activate<L, kActivation>(x, model.negative_slope);
    L::store(y, values + i * L::size);
    L::store(activation_slope<L, kActivation>(x, y, model.negative_slope), slopes + i * L::size);
  }
}

/// Hidden layer `layer` (from 1) of the forward pass. The first one of a linear network is W_1 itself.
template <class L, Activation kActivation>
GNC_FN float* hidden_layer(const DescentModel& model, const DescentArrays& arrays, int layer) {
  if (kActivation == Activation::Linear && layer == 1) return arrays.weights;
  return arrays.hidden + (layer - 1) * model.n_rows * model.width * L::size;
}

/// The end-to-end map without 1 / sqrt factors: Y_1 = act(W_1), Y_j = act(Y_{j-1} W_j), Y = Y_{d-1} W_d, into
/// arrays.Y.
template <class L, Activation kActivation>
GNC_FN void descent_forward(const DescentModel& model, const DescentArrays& arrays) {
  const int m = model.n_rows;
  const int k = model.width;
  const int p = model.n_entries();
  if (model.depth == 1) {
    for (int e = 0; e < p; ++e) L::store(L::load(arrays.weights + e * L::size), arrays.Y + e * L::size);
    return;
  }
  for (int layer = 1; layer < model.depth; ++layer) {
    float* values = hidden_layer<L, kActivation>(model, arrays, layer);
    const float* W = arrays.weights + layer_offset(m, k, layer) * L::size;
    if (layer > 1) {
      multiply<L>(row_major(hidden_layer<L, kActivation>(model, arrays, layer - 1), k), row_major(W, k),
                  values, k, m, k, k, false);
    }
    if constexpr (kActivation != Activation::Linear) {
      activate_with_slopes<L, kActivation>(model, layer == 1 ? W : values, values,
                                           arrays.slopes + (layer - 1) * m * k * L::size, m * k);
    }
  }
  multiply<L>(row_major(hidden_layer<L, kActivation>(model, arrays, model.depth - 1), k),
              row_major(arrays.weights + layer_offset(m, k, model.depth) * L::size, model.n_cols), arrays.Y,
              model.n_cols, m, k, model.n_cols, false);
}

/// Gradient of the train loss mean_i (<A_i, Y> - b_i)^2 by all weights, into arrays.gradients.
template <class L, Activation kActivation>
GNC_FN void descent_backward(const DescentModel& model, const DescentArrays& arrays) {
  const int m = model.n_rows;
  const int k = model.width;
  const int n = model.n_train;
  const int p = model.n_entries();
  multiply<L>(row_major(arrays.A_train, p), row_major(arrays.Y, 1), arrays.residual, 1, n, p, 1, false);
  const auto two_over_n = L::set(2.0f / static_cast<float>(n));
  for (int i = 0; i < n; ++i) {
    float* residual = arrays.residual + i * L::size;
    L::store((L::load(residual) - L::load(arrays.b_train + i * L::size)) * two_over_n, residual);
  }
  float* Y_gradient = model.depth == 1 ? arrays.gradients : arrays.Y_gradient;
  multiply<L>(transposed(arrays.A_train, p), row_major(arrays.residual, 1), Y_gradient, 1, p, n, 1, false);

  // `above`: gradient by the output of `layer`, m x cols.
  const float* above = Y_gradient;
  int cols = model.n_cols;
  for (int layer = model.depth; layer > 1; --layer) {
    const std::int64_t offset = layer_offset(m, k, layer);
    multiply<L>(transposed(hidden_layer<L, kActivation>(model, arrays, layer - 1), k), row_major(above, cols),
                arrays.gradients + offset * L::size, cols, k, m, cols, false);
    float* below = layer == 2 ? arrays.gradients : arrays.delta + (layer % 2) * m * k * L::size;
    multiply<L>(row_major(above, cols), transposed(arrays.weights + offset * L::size, cols), below, k, m,
                cols, k, false);
    if constexpr (kActivation != Activation::Linear) {
      const float* slopes = arrays.slopes + (layer - 2) * m * k * L::size;
      for (int i = 0; i < m * k; ++i) {
        L::store(L::load(below + i * L::size) * L::load(slopes + i * L::size), below + i * L::size);
      }
    }
    above = below;
    cols = k;
  }
}

/// One step of group RMSprop with momentum: v <- a v + (1 - a) sum |g|^2 over all layers,
/// W <- W - lr u / (sqrt(v / bias_correction) + softening), u = g or the velocity u <- momentum u + g.
/// `bias_correction` is 1 - a^t at the t-th step.
template <class L>
GNC_FN void descent_update(const DescentModel& model, const DescentArrays& arrays, float bias_correction) {
  const std::int64_t count = model.n_weights();
  // Four partial sums, so that additions need not wait for each other.
  typename L::Real partial[4] = {L::set(0.0f), L::set(0.0f), L::set(0.0f), L::set(0.0f)};
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    GNC_UNROLL
    for (int j = 0; j < 4; ++j) {
      const auto g = L::load(arrays.gradients + (i + j) * L::size);
      partial[j] = L::fma(g, g, partial[j]);
    }
  }
  for (; i < count; ++i) {
    const auto g = L::load(arrays.gradients + i * L::size);
    partial[0] = L::fma(g, g, partial[0]);
  }
  const auto square = (partial[0] + partial[1]) + (partial[2] + partial[3]);
  const auto v =
      L::fma(L::load(arrays.mean_square), L::set(kRmspropDecay), square * L::set(1.0f - kRmspropDecay));
  L::store(v, arrays.mean_square);
  const auto step = (L::set(0.0f) - L::load(arrays.lr)) /
                    (L::sqrt(v / L::set(bias_correction)) + L::set(kRmspropSoftening));
  const auto momentum = L::set(model.momentum);
  for (i = 0; i < count; ++i) {
    auto u = L::load(arrays.gradients + i * L::size);
    if (arrays.velocity != nullptr) {
      u = L::fma(momentum, L::load(arrays.velocity + i * L::size), u);
      L::store(u, arrays.velocity + i * L::size);
    }
    L::store(L::fma(step, u, L::load(arrays.weights + i * L::size)), arrays.weights + i * L::size);
  }
}

/// One epoch of L::size runs of full-batch gradient descent (MATH.md section 6).
template <class L, Activation kActivation>
GNC_FN void descent_epoch(const DescentModel& model, const DescentArrays& arrays, float bias_correction) {
  descent_forward<L, kActivation>(model, arrays);
  descent_backward<L, kActivation>(model, arrays);
  descent_update<L>(model, arrays, bias_correction);
}

GNC_LANES_END

#endif
