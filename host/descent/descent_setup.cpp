#include "host/descent/descent_setup.hpp"

#include <cmath>
#include <limits>

#include "kernels/random_stream.hpp"

namespace gnc {

DescentModel model_of(const DescentRun& run) {
  DescentModel model;
  model.n_rows = static_cast<int>(run.problem->n_rows());
  model.n_cols = static_cast<int>(run.problem->n_cols());
  model.width = static_cast<int>(run.width);
  model.depth = static_cast<int>(run.depth);
  model.activation = run.activation;
  model.negative_slope = static_cast<float>(run.negative_slope);
  model.momentum = static_cast<float>(run.momentum);
  model.n_train = static_cast<int>(run.problem->n_train());
  return model;
}

DescentInput input_of(const DescentRun& run) {
  DescentInput input;
  input.model = model_of(run);
  const DescentModel& model = input.model;
  input.weights.reserve(static_cast<std::size_t>(model.n_weights()));
  RandomStream stream(run.key, Stream::DescentStart);
  for (int layer = 1; layer <= model.depth; ++layer) {
    const int fan_in = layer == 1 ? model.n_rows : model.width;
    const int fan_out = layer == model.depth ? model.n_cols : model.width;
    const double scale = run.init_scale / std::sqrt(static_cast<double>(fan_in));
    for (int i = 0; i < fan_in * fan_out; ++i) {
      const double symmetric = 2.0 * static_cast<double>(stream.uniform()) - 1.0;
      input.weights.push_back(static_cast<float>(symmetric * scale));
    }
  }
  const Problem& problem = *run.problem;
  for (Eigen::Index i = 0; i < problem.A_train.size(); ++i) {
    input.A_train.push_back(static_cast<float>(problem.A_train.data()[i]));
  }
  for (Eigen::Index i = 0; i < problem.n_train(); ++i) {
    input.b_train.push_back(static_cast<float>(problem.b_train(i)));
  }
  input.lr = static_cast<float>(run.lr);
  input.epochs = run.epochs;
  return input;
}

double epoch_cost(const DescentModel& model) {
  return 3.0 * static_cast<double>(model.n_weights()) * model.n_rows +
         2.0 * static_cast<double>(model.n_train) * model.n_entries();
}

DescentResult result_of(std::span<const float> Y, const Problem& problem) {
  Eigen::VectorXd y(problem.ground_truth.size());
  for (Eigen::Index i = 0; i < y.size(); ++i) y(i) = static_cast<double>(Y[static_cast<std::size_t>(i)]);
  DescentResult result;
  result.gd_gen = (problem.A_test * y - problem.b_test).squaredNorm() / static_cast<double>(problem.n_test());
  result.gd_train =
      (problem.A_train * y - problem.b_train).squaredNorm() / static_cast<double>(problem.n_train());
  if (!std::isfinite(result.gd_gen) || !std::isfinite(result.gd_train))
    result.gd_gen = result.gd_train = std::numeric_limits<double>::infinity();
  return result;
}

}  // namespace gnc
