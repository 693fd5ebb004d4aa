#include "host/engine/prepared_cell.hpp"

#include <atomic>
#include <cmath>
#include <stdexcept>

#include "host/config/sweep.hpp"
#include "host/engine/train_filter.hpp"

namespace gnc {
namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// Row-major floats, padded with zeros to `count`.
template <class Matrix>
std::vector<float> to_floats(const Matrix& matrix, Eigen::Index count) {
  std::vector<float> floats(static_cast<std::size_t>(count), 0.0f);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) {
    floats[static_cast<std::size_t>(i)] = static_cast<float>(matrix.data()[i]);
  }
  return floats;
}

}  // namespace

PreparedCell::PreparedCell(const Config& config, const Point& point, std::int64_t replicate,
                           const Problem& problem)
    : id_(next_id()), estimator_(config.estimator) {
  const Point network = network_of(point);
  if (point.width == kInfiniteWidth &&
      (config.activation != Activation::Linear || config.gnc_init != Prior::Gauss)) {
    throw std::invalid_argument("PreparedCell: an infinite width must be Linear, of Gaussian weights");
  }
  view_.n_rows = static_cast<int>(problem.n_rows());
  view_.n_cols = static_cast<int>(problem.n_cols());
  view_.width = static_cast<int>(network.width);
  view_.depth = static_cast<int>(network.depth);
  view_.activation = config.activation;
  view_.negative_slope = static_cast<float>(config.negative_slope);
  view_.prior = config.gnc_init;
  // The other estimators draw hidden layers and move weights.
  if (config.estimator == Estimator::Reject) view_.draw = config.draw;
  view_.normalize = config.gnc_normalize;
  view_.softening = static_cast<float>(config.gnc_softening);
  // By the point, so that infinitely wide cells of different depths are drawn by different numbers.
  view_.key = cell_key(config.seed, static_cast<std::uint64_t>(point.width),
                       static_cast<std::uint64_t>(point.depth), static_cast<std::uint64_t>(replicate));

  // The factors 1 / sqrt(k) of positively homogeneous layers can wait for the output, unless the product
  // would leave the range of float on the way.
  const double hidden_scale = 1.0 / std::sqrt(static_cast<double>(network.width));
  const double all_hidden = std::pow(hidden_scale, static_cast<double>(network.depth - 1));
  const double last = 1.0 / std::sqrt(static_cast<double>(problem.n_cols()));
  const bool homogeneous =
      config.activation == Activation::Linear || config.activation == Activation::LeakyRelu;
  const bool deferred = homogeneous && all_hidden > 1e-9;
  view_.hidden_scale = deferred ? 1.0f : static_cast<float>(hidden_scale);
  view_.output_scale = static_cast<float>(deferred ? all_hidden * last : last);

  const TrainFilter filter = train_filter(problem.A_train, problem.b_train);
  const Eigen::Index n_filter = (filter.rows.rows() + kFilterGroup - 1) / kFilterGroup * kFilterGroup;
  filter_rows_ = to_floats(filter.rows, n_filter * filter.rows.cols());
  filter_targets_ = to_floats(filter.targets, n_filter);
  view_.filter_rows = filter_rows_.data();
  view_.filter_targets = filter_targets_.data();
  view_.n_filter = static_cast<int>(n_filter);
  view_.filter_base = static_cast<float>(filter.base);
  view_.n_train = static_cast<int>(problem.n_train());

  A_test_ = to_floats(problem.A_test, problem.A_test.size());
  b_test_ = to_floats(problem.b_test, problem.b_test.size());
  view_.A_test = A_test_.data();
  view_.b_test = b_test_.data();
  view_.n_test = static_cast<int>(problem.n_test());
  if (config.estimator == Estimator::Conditional) {
    conditional_ = std::make_unique<ConditionalMeasurements>(problem, view_);
  }
}

}  // namespace gnc
