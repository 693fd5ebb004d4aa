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
  /// Partial sums of the squared gradient norm. Their number decides the order of additions: weight i belongs
  /// to sum i mod n_square_sums. Many weights have more of them, for the threads of a device to share.
  GNC_FN int n_square_sums() const { return n_weights() < 256 ? 8 : n_weights() < 8192 ? 32 : 256; }
};

/// Arrays of a group of L::size gradient-descent runs, in [entry][lane] layout.
struct DescentArrays {
  float* weights = nullptr;      ///< W_1, .., W_d, each row-major
  float* gradients = nullptr;    ///< as `weights`
  float* velocity = nullptr;     ///< as `weights`; null without momentum
  float* hidden = nullptr;       ///< values of the hidden layers, n_hidden
  float* slopes = nullptr;       ///< activation slopes there, n_hidden
  float* delta = nullptr;        ///< 2 x n_rows x width: gradients by hidden values
  float* Y = nullptr;            ///< end-to-end matrix, n_rows x n_cols
  float* Y_gradient = nullptr;   ///< n_rows x n_cols
  float* residual = nullptr;     ///< n_train
  float* A_train = nullptr;      ///< n_train x (n_rows n_cols); read only
  float* b_train = nullptr;      ///< n_train; read only
  float* lr = nullptr;           ///< one entry; read only
  float* mean_square = nullptr;  ///< one entry: v, the running mean of the squared gradient norm
  float* square_sums = nullptr;  ///< n_square_sums
  float* step = nullptr;         ///< one entry: the factor on the gradients in an update
};

/// What becomes of an array between two epochs.
enum class DescentArrayUse {
  Input,   ///< given at the start, only read
  State,   ///< what an epoch leaves to the next one, or to the user
  Scratch  ///< written before it is read in every epoch
};

/// Calls visit(array, entries, use) for each array that runs of the model have, the array as float*&, always
/// in one order: what an epoch uses most for its size comes first.
template <class Visit>
GNC_FN void for_each_array(const DescentModel& model, DescentArrays& arrays, Visit visit) {
  const bool linear = model.activation == Activation::Linear;
  const std::int64_t hidden = model.n_hidden();
  visit(arrays.lr, std::int64_t{1}, DescentArrayUse::Input);
  visit(arrays.mean_square, std::int64_t{1}, DescentArrayUse::State);
  visit(arrays.step, std::int64_t{1}, DescentArrayUse::Scratch);
  visit(arrays.square_sums, std::int64_t{model.n_square_sums()}, DescentArrayUse::Scratch);
  visit(arrays.b_train, std::int64_t{model.n_train}, DescentArrayUse::Input);
  visit(arrays.residual, std::int64_t{model.n_train}, DescentArrayUse::Scratch);
  visit(arrays.Y, std::int64_t{model.n_entries()}, DescentArrayUse::State);
  visit(arrays.Y_gradient, std::int64_t{model.n_entries()}, DescentArrayUse::Scratch);
  visit(arrays.weights, model.n_weights(), DescentArrayUse::State);
  visit(arrays.gradients, model.n_weights(), DescentArrayUse::Scratch);
  if (model.momentum != 0.0f) visit(arrays.velocity, model.n_weights(), DescentArrayUse::State);
  if (hidden > 0 && !(linear && model.depth == 2)) visit(arrays.hidden, hidden, DescentArrayUse::Scratch);
  if (hidden > 0 && !linear) visit(arrays.slopes, hidden, DescentArrayUse::Scratch);
  if (model.depth > 2) {
    visit(arrays.delta, std::int64_t{2} * model.n_rows * model.width, DescentArrayUse::Scratch);
  }
  visit(arrays.A_train, std::int64_t{model.n_train} * model.n_entries(), DescentArrayUse::Input);
}

/// Entries of all arrays together.
GNC_FN std::int64_t n_array_entries(const DescentModel& model) {
  DescentArrays arrays;
  std::int64_t sum = 0;
  for_each_array(model, arrays, [&sum](float*&, std::int64_t entries, DescentArrayUse) { sum += entries; });
  return sum;
}

/// The arrays of `lanes` runs in n_array_entries(model) * lanes floats from `memory`, which is only pointed
/// to and may be a device's.
GNC_FN DescentArrays arrays_in(const DescentModel& model, float* memory, int lanes) {
  DescentArrays arrays;
  for_each_array(model, arrays, [&memory, lanes](float*& array, std::int64_t entries, DescentArrayUse) {
    array = memory;
    memory += entries * lanes;
  });
  return arrays;
}

}  // namespace gnc
