#include "host/engine/conditional_measurements.hpp"

namespace gnc {

ConditionalMeasurements::ConditionalMeasurements(const Problem& problem, const CellView& cell)
    : filter_(train_filter(problem.A_train, problem.b_train)),
      A_test_(problem.A_test),
      b_test_(problem.b_test),
      test_gram_(RowMatrix::Zero(problem.n_rows(), problem.n_rows())) {
  for (Eigen::Index i = 0; i < A_test_.rows(); ++i) {
    const Eigen::Map<const RowMatrix> B(A_test_.row(i).data(), problem.n_rows(), problem.n_cols());
    test_gram_ += B * B.transpose();
  }
  view_.rows = filter_.rows.data();
  view_.targets = filter_.targets.data();
  view_.n_train_rows = static_cast<int>(filter_.rows.rows());
  view_.base = filter_.base;
  view_.n_train = static_cast<int>(problem.n_train());
  view_.A_test = A_test_.data();
  view_.b_test = b_test_.data();
  view_.n_test = static_cast<int>(problem.n_test());
  view_.test_gram = test_gram_.data();
  view_.gram_scale = static_cast<double>(cell.output_scale) * static_cast<double>(cell.output_scale);
}

}  // namespace gnc
