#pragma once

namespace gnc {

/// Working memory of one group of lanes, in entries of L::size floats each.
struct DrawScratch {
  float* window = nullptr;  ///< weights being read: window_entries
  int window_entries = 0;   ///< multiple of 4, at least 8
  float* hidden = nullptr;  ///< hidden layer: n_rows * hidden_tile entries, n_rows * width from depth 3 on
  float* next_hidden = nullptr;  ///< as `hidden`, from depth 3 on
  float* Y = nullptr;            ///< end-to-end matrix: n_rows * n_cols entries

  // Of draw law `product`.
  float* factor = nullptr;       ///< a lower-triangular factor
  float* transposed = nullptr;   ///< Yᵀ where it is drawn in place of Y
  float* chi_numbers = nullptr;  ///< numbers that a factor's chi variates are made from

  int hidden_tile = 0;  ///< hidden units taken at once at depth 2
};

}  // namespace gnc
