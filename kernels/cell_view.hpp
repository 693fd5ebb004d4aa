#pragma once

#include <cstdint>

#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"
#include "kernels/philox_key.hpp"

namespace gnc {

/// Everything one draw of a cell needs, as plain values and pointers that an engine places where its kernel
/// reads them. Matrices are row-major; p = n_rows * n_cols.
struct CellView {
  int n_rows = 0;
  int n_cols = 0;
  int width = 0;
  int depth = 0;
  Activation activation = Activation::Linear;
  float negative_slope = 0.0f;
  Prior prior = Prior::Gauss;
  DrawLaw draw = DrawLaw::Factors;
  bool normalize = false;
  float softening = 0.0f;

  /// Factor on a hidden layer's values before its activation. Positively homogeneous activations can leave it
  /// to `output_scale` and have 1 here.
  float hidden_scale = 1.0f;
  /// Factor that turns the unscaled product into the end-to-end matrix Y.
  float output_scale = 1.0f;

  PhiloxKey key;

  /// The training measurements after an orthogonal map of the residuals (README.md, "How the numbers are
  /// made"): the train loss is (filter_base + sum_i (<filter_rows_i, Y> - filter_targets_i)^2) / n_train.
  /// Largest row first, padded with zero rows to a multiple of kFilterGroup.
  const float* filter_rows = nullptr;     ///< n_filter x p
  const float* filter_targets = nullptr;  ///< n_filter
  int n_filter = 0;
  float filter_base = 0.0f;  ///< part of the squared residual that no Y can change
  int n_train = 0;

  const float* A_test = nullptr;  ///< n_test x p
  const float* b_test = nullptr;  ///< n_test
  int n_test = 0;

  GNC_FN int n_entries() const { return n_rows * n_cols; }
};

/// Rows of the filter that are evaluated between two looks at whether any lane can still be accepted.
constexpr int kFilterGroup = 4;

/// Number of weights of one draw: n_rows k + (d - 2) k^2 + k n_cols, or n_rows n_cols at depth 1.
GNC_FN constexpr std::int64_t n_weights(std::int64_t n_rows, std::int64_t n_cols, std::int64_t width,
                                        std::int64_t depth) {
  return depth == 1 ? n_rows * n_cols : n_rows * width + (depth - 2) * width * width + width * n_cols;
}

/// Position of the first weight of layer `layer` (from 1) in a draw: W_1, W_2, .., W_d, each row-major.
GNC_FN constexpr std::int64_t layer_offset(std::int64_t n_rows, std::int64_t width, std::int64_t layer) {
  return layer == 1 ? 0 : n_rows * width + (layer - 2) * width * width;
}

}  // namespace gnc
