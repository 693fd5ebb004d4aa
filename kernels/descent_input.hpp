#pragma once

#include <cstdint>
#include <vector>

#include "kernels/descent_view.hpp"

namespace gnc {

/// What a run of gradient descent starts from, in the floats it computes with.
struct DescentInput {
  DescentModel model;
  std::vector<float> weights;  ///< W_1, .., W_d, each row-major: model.n_weights()
  std::vector<float> A_train;  ///< n_train x (n_rows n_cols)
  std::vector<float> b_train;  ///< n_train
  float lr = 0.0f;
  std::int64_t epochs = 0;
};

}  // namespace gnc
