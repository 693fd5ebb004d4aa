#if defined(GNC_KERNELS_DESCENT_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_DESCENT_HPP
#undef GNC_KERNELS_DESCENT_HPP
#else
#define GNC_KERNELS_DESCENT_HPP
#endif

#include "kernels/activation.hpp"
#include "kernels/descent_team.hpp"
#include "kernels/descent_view.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/matrix_product.hpp"

GNC_LANES_BEGIN

// Group RMSprop (Razin, Maman, Cohen 2022, arXiv 2201.11729, appendix D.2).
constexpr float kRmspropDecay = 0.99f;
constexpr float kRmspropSoftening = 1e-6f;

/// values[i] = act(from[i]), slopes[i] = act'(from[i]).
template <class L, Activation kActivation, class Team>
GNC_FN void activate_with_slopes(const Team& team, float negative_slope, const float* from, float* values,
                                 float* slopes, int count) {
  team.for_each(count, [=](int i) GNC_LAMBDA {
    const auto x = L::load(from + i * L::size);
    const auto y = activate<L, kActivation>(x, negative_slope);
    L::store(y, values + i * L::size);
    L::store(activation_slope<L, kActivation>(x, y, negative_slope), slopes + i * L::size);
  });
}

/// Hidden layer `layer` (from 1) of the forward pass. The first one of a linear network is W_1 itself.
template <class L, Activation kActivation>
GNC_FN float* hidden_layer(const DescentModel& model, const DescentArrays& arrays, int layer) {
  if (kActivation == Activation::Linear && layer == 1) return arrays.weights;
  return arrays.hidden + static_cast<std::int64_t>(layer - 1) * model.n_rows * model.width * L::size;
}

/// The end-to-end map without 1 / sqrt factors: Y_1 = act(W_1), Y_j = act(Y_{j-1} W_j), Y = Y_{d-1} W_d, into
/// arrays.Y.
template <class L, Activation kActivation, class Team>
GNC_FN void descent_forward(const Team& team, const DescentModel& model, const DescentArrays& arrays) {
  const int m = model.n_rows;
  const int k = model.width;
  if (model.depth == 1) {
    const float* W = arrays.weights;
    float* Y = arrays.Y;
    team.for_each(model.n_entries(),
                  [=](int e) GNC_LAMBDA { L::store(L::load(W + e * L::size), Y + e * L::size); });
    team.sync();
    return;
  }
  for (int layer = 1; layer < model.depth; ++layer) {
    float* values = hidden_layer<L, kActivation>(model, arrays, layer);
    const float* W = arrays.weights + layer_offset(m, k, layer) * L::size;
    if (layer > 1) {
      team.template product<L>(row_major(hidden_layer<L, kActivation>(model, arrays, layer - 1), k),
                               row_major(W, k), values, k, m, k, k);
      if constexpr (kActivation == Activation::Linear) team.sync();
    }
    if constexpr (kActivation != Activation::Linear) {
      activate_with_slopes<L, kActivation>(
          team, model.negative_slope, layer == 1 ? W : values, values,
          arrays.slopes + static_cast<std::int64_t>(layer - 1) * m * k * L::size, m * k);
      team.sync();
    }
  }
  team.template product<L>(
      row_major(hidden_layer<L, kActivation>(model, arrays, model.depth - 1), k),
      row_major(arrays.weights + layer_offset(m, k, model.depth) * L::size, model.n_cols), arrays.Y,
      model.n_cols, m, k, model.n_cols);
  team.sync();
}

/// Gradient of the train loss mean_i (<A_i, Y> - b_i)^2 by all weights, into arrays.gradients.
template <class L, Activation kActivation, class Team>
GNC_FN void descent_backward(const Team& team, const DescentModel& model, const DescentArrays& arrays) {
  const int m = model.n_rows;
  const int k = model.width;
  const int n = model.n_train;
  const int p = model.n_entries();
  float* residuals = arrays.residual;
  const float* targets = arrays.b_train;
  team.template product<L>(row_major(arrays.A_train, p), row_major(arrays.Y, 1), residuals, 1, n, p, 1);
  const float two_over_n = 2.0f / static_cast<float>(n);
  team.for_each(n, [=](int i) GNC_LAMBDA {
    float* residual = residuals + i * L::size;
    L::store((L::load(residual) - L::load(targets + i * L::size)) * L::set(two_over_n), residual);
  });
  team.sync();
  float* Y_gradient = model.depth == 1 ? arrays.gradients : arrays.Y_gradient;
  team.template product<L>(transposed(arrays.A_train, p), row_major(residuals, 1), Y_gradient, 1, p, n, 1);
  team.sync();

  // `above`: gradient by the output of `layer`, m x cols.
  const float* above = Y_gradient;
  int cols = model.n_cols;
  for (int layer = model.depth; layer > 1; --layer) {
    const std::int64_t offset = layer_offset(m, k, layer);
    team.template product<L>(transposed(hidden_layer<L, kActivation>(model, arrays, layer - 1), k),
                             row_major(above, cols), arrays.gradients + offset * L::size, cols, k, m, cols);
    float* below = layer == 2 ? arrays.gradients : arrays.delta + (layer % 2) * m * k * L::size;
    team.template product<L>(row_major(above, cols), transposed(arrays.weights + offset * L::size, cols),
                             below, k, m, cols, k);
    if constexpr (kActivation != Activation::Linear) {
      const float* slopes = arrays.slopes + static_cast<std::int64_t>(layer - 2) * m * k * L::size;
      team.for_each(m * k, [=](int i) GNC_LAMBDA {
        L::store(L::load(below + i * L::size) * L::load(slopes + i * L::size), below + i * L::size);
      });
    }
    team.sync();
    above = below;
    cols = k;
  }
}

/// Sums first .. first + kCount - 1 of the n_sums partial sums of squares: values[i]^2 belongs to sum
/// i mod n_sums, in order of i.
template <class L, int kCount>
GNC_FN void partial_square_sums(const float* values, std::int64_t count, int first, int n_sums, float* sums) {
  typename L::Real sum[kCount];
  GNC_UNROLL
  for (int j = 0; j < kCount; ++j) sum[j] = L::set(0.0f);
  std::int64_t i = first;
  for (; i + kCount <= count; i += n_sums) {
    GNC_UNROLL
    for (int j = 0; j < kCount; ++j) {
      const auto g = L::load(values + (i + j) * L::size);
      sum[j] = L::fma(g, g, sum[j]);
    }
  }
  GNC_UNROLL
  for (int j = 0; j < kCount; ++j) {
    if (i + j < count) {
      const auto g = L::load(values + (i + j) * L::size);
      sum[j] = L::fma(g, g, sum[j]);
    }
    L::store(sum[j], sums + (first + j) * L::size);
  }
}

/// The sum of n_sums numbers, a multiple of 8: eight sums of every eighth, then these by halves.
template <class L>
GNC_FN typename L::Real sum_of_sums(const float* sums, int n_sums) {
  typename L::Real sum[8];
  GNC_UNROLL
  for (int j = 0; j < 8; ++j) sum[j] = L::load(sums + j * L::size);
  for (int i = 8; i < n_sums; i += 8) {
    GNC_UNROLL
    for (int j = 0; j < 8; ++j) sum[j] = sum[j] + L::load(sums + (i + j) * L::size);
  }
  GNC_UNROLL
  for (int j = 0; j < 4; ++j) sum[j] = sum[j] + sum[j + 4];
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/// One step of group RMSprop with momentum: v <- a v + (1 - a) sum |g|^2 over all layers,
/// W <- W - lr u / (sqrt(v / bias_correction) + softening), u = g or the velocity u <- momentum u + g.
/// `bias_correction` is 1 - a^t at the t-th step.
template <class L, class Team>
GNC_FN void descent_update(const Team& team, const DescentModel& model, const DescentArrays& arrays,
                           float bias_correction) {
  constexpr int kAtOnce = Team::sums_at_once;
  const std::int64_t count = model.n_weights();
  const int n_sums = model.n_square_sums();
  const float* gradients = arrays.gradients;
  float* sums = arrays.square_sums;
  team.for_each(n_sums / kAtOnce, [=](int group) GNC_LAMBDA {
    partial_square_sums<L, kAtOnce>(gradients, count, group * kAtOnce, n_sums, sums);
  });
  team.sync();
  float* step_factor = arrays.step;
  float* mean_square = arrays.mean_square;
  const float* lr = arrays.lr;
  team.for_each(1, [=](int) GNC_LAMBDA {
    const auto square = sum_of_sums<L>(sums, n_sums);
    const auto v = L::fma(L::load(mean_square), L::set(kRmspropDecay), square * L::set(1.0f - kRmspropDecay));
    L::store(v, mean_square);
    const auto mean = v / L::set(bias_correction);
    const auto step = (L::set(0.0f) - L::load(lr)) / (L::sqrt(mean) + L::set(kRmspropSoftening));
    // Not a number where the squares overflow: a step of 0 would leave the weights at a finite loss for ever.
    L::store(step + (mean - mean), step_factor);
  });
  team.sync();
  float* weights = arrays.weights;
  float* velocity = arrays.velocity;
  const float momentum = model.momentum;
  team.for_each(
      count, [=]() GNC_LAMBDA { return L::load(step_factor); },
      [=](std::int64_t i, typename L::Real step) GNC_LAMBDA {
        auto u = L::load(gradients + i * L::size);
        if (velocity != nullptr) {
          u = L::fma(L::set(momentum), L::load(velocity + i * L::size), u);
          L::store(u, velocity + i * L::size);
        }
        L::store(L::fma(step, u, L::load(weights + i * L::size)), weights + i * L::size);
      });
  team.sync();
}

template <class L, Activation kActivation, class Team>
GNC_FN double descent_epochs_with(const Team& team, const DescentModel& model, const DescentArrays& arrays,
                                  double decay_power, std::int64_t count) {
  for (std::int64_t epoch = 0; epoch < count; ++epoch) {
    decay_power *= static_cast<double>(kRmspropDecay);
    descent_forward<L, kActivation>(team, model, arrays);
    descent_backward<L, kActivation>(team, model, arrays);
    descent_update<L>(team, model, arrays, static_cast<float>(1.0 - decay_power));
  }
  descent_forward<L, kActivation>(team, model, arrays);
  return decay_power;
}

/// `count` epochs of L::size runs of full-batch gradient descent (README.md, "What is computed"), then the
/// forward pass once more, for Y of the last weights. `decay_power` is a^t after the epochs before, 1 at the
/// start; returns a^t after these.
template <class L, class Team>
GNC_FN double descent_epochs(const Team& team, const DescentModel& model, const DescentArrays& arrays,
                             double decay_power, std::int64_t count) {
  switch (model.activation) {
    case Activation::Tanh:
      return descent_epochs_with<L, Activation::Tanh>(team, model, arrays, decay_power, count);
    case Activation::LeakyRelu:
      return descent_epochs_with<L, Activation::LeakyRelu>(team, model, arrays, decay_power, count);
    default:
      return descent_epochs_with<L, Activation::Linear>(team, model, arrays, decay_power, count);
  }
}

GNC_LANES_END

#endif
