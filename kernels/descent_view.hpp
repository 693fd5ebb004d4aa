#pragma once

#include "kernels/cell_view.hpp"

namespace gnc {

/// Shape and settings that the runs of a group share.
struct DescentModel {
  int n_rows = 0;
  int n_cols = 0;
  int width = 0;
  int depth = 0;
  Activation activation = Activation::Linear;
  float negative_slope = 0.0f;
  float momentum = 0.0f;
  int n_train = 0;

  GNC_FN int n_entries() const { return n_rows * n_cols; }
  GNC_FN std::int64_t n_weights() const { return gnc::n_weights(n_rows, n_cols, width, depth); }
  /// Values of all hidden layers.
  GNC_FN std::int64_t n_hidden() const { return static_cast<std::int64_t>(depth - 1) * n_rows * width; }
};

/// Arrays of a group of L::size gradient-descent runs, in [entry][lane] layout.
struct DescentArrays {
  float* weights = nullptr;        ///< W_1, .., W_d, each row-major
  float* gradients = nullptr;      ///< as `weights`
  float* velocity = nullptr;       ///< as `weights`; null without momentum
  float* hidden = nullptr;         ///< values of the hidden layers, n_hidden
  float* slopes = nullptr;         ///< activation slopes there, n_hidden
  float* delta = nullptr;          ///< 2 x n_rows x width: gradients by hidden values
  float* Y = nullptr;              ///< end-to-end matrix, n_rows x n_cols
  float* Y_gradient = nullptr;     ///< n_rows x n_cols
  float* residual = nullptr;       ///< n_train
  const float* A_train = nullptr;  ///< n_train x (n_rows n_cols)
  const float* b_train = nullptr;  ///< n_train
  const float* lr = nullptr;       ///< one entry
  float* mean_square = nullptr;    ///< one entry: v, the running mean of the squared gradient norm
};

}  // namespace gnc
