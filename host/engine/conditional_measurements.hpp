#pragma once

#include <Eigen/Core>

#include "host/engine/train_filter.hpp"
#include "host/problem/problem.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/conditional_view.hpp"

namespace gnc {

/// A cell's measurements in double precision for estimator `conditional`, and the factor of its Gram matrix.
class ConditionalMeasurements {
 public:
  /// `cell`: the same cell made ready for draws.
  ConditionalMeasurements(const Problem& problem, const CellView& cell);
  ConditionalMeasurements(const ConditionalMeasurements&) = delete;
  ConditionalMeasurements& operator=(const ConditionalMeasurements&) = delete;

  /// Valid as long as this object.
  const ConditionalView& view() const { return view_; }

 private:
  TrainFilter filter_;
  RowMatrix A_test_;
  Eigen::VectorXd b_test_;
  RowMatrix test_gram_;
  ConditionalView view_;
};

}  // namespace gnc
