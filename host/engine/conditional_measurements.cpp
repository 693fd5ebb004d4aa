#include "host/engine/conditional_measurements.hpp"

#include <fmt/format.h>

#include <string>

#include "host/errors.hpp"

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

std::string why_not_conditional(const Config& config, const Point& point) {
  if (config.gnc_init != Prior::Gauss) {
    return "\"gnc_init\" = \"unif\": expected \"gauss\", as it integrates over a Gaussian last layer";
  }
  if (config.gnc_normalize) {
    return "\"gnc_normalize\" = true: expected false, as a normalised matrix is not Gaussian given the "
           "hidden layers";
  }
  // The limit of infinite width is Gaussian without conditions.
  if (point.depth < 2 && point.width != kInfiniteWidth)
    return "depth 1: expected depths of 2 or more, as there must be a hidden layer";
  return {};
}

void require_conditional(const Config& config, const ValueOrigin& origin) {
  for (const Point& point : config.points) {
    const std::string reason = why_not_conditional(config, point);
    if (!reason.empty()) {
      throw UsageError(fmt::format("{}: got conditional together with {}", origin.text(), reason));
    }
  }
}

}  // namespace gnc
