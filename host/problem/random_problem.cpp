#include "host/problem/random_problem.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "host/problem/orthonormal_complement.hpp"
#include "kernels/random_stream.hpp"

namespace gnc {
namespace {

/// Entries row by row in the order of the stream.
RowMatrix normal_matrix(RandomStream& random, Eigen::Index rows, Eigen::Index cols) {
  RowMatrix matrix(rows, cols);
  for (double& entry : matrix.reshaped<Eigen::RowMajor>()) entry = random.normal();
  return matrix;
}

/// Uniform over 0 .. bound - 1, without bias: words of an incomplete last round are thrown away.
std::uint32_t uniform_below(RandomStream& random, std::uint32_t bound) {
  const std::uint32_t incomplete = (0u - bound) % bound;
  for (;;) {
    const std::uint32_t word = random.word();
    if (word >= incomplete) return word % bound;
  }
}

/// One-hot rows at the given entries.
RowMatrix one_hot_rows(std::vector<Eigen::Index>::const_iterator first,
                       std::vector<Eigen::Index>::const_iterator last, Eigen::Index entries) {
  RowMatrix A = RowMatrix::Zero(last - first, entries);
  for (auto entry = first; entry != last; ++entry) A(entry - first, *entry) = 1.0;
  return A;
}

void complete(Problem& problem, RandomStream& random, Eigen::Index n_train) {
  const Eigen::Index entries = problem.ground_truth.size();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(entries));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  // Fisher-Yates, as far as the measured entries need it.
  for (Eigen::Index i = 0; i < n_train; ++i) {
    const Eigen::Index j = i + uniform_below(random, static_cast<std::uint32_t>(entries - i));
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  }
  const auto unmeasured = order.begin() + n_train;
  std::sort(unmeasured, order.end());
  problem.A_train = one_hot_rows(order.begin(), unmeasured, entries);
  problem.A_test = one_hot_rows(unmeasured, order.end(), entries);
}

}  // namespace

Problem random_problem(const Config& config, std::int64_t replicate) {
  const PhiloxKey key = cell_key(config.seed, 0, 0, static_cast<std::uint64_t>(replicate));
  RandomStream ground_truth_numbers(key, Stream::Problem, 0);
  RandomStream measurement_numbers(key, Stream::Problem, 1);

  Problem problem;
  const RowMatrix left = normal_matrix(ground_truth_numbers, config.n_rows, config.gt_rank);
  const RowMatrix right = normal_matrix(ground_truth_numbers, config.gt_rank, config.n_cols);
  problem.ground_truth = left * right;
  problem.ground_truth *= config.gt_norm / problem.ground_truth.norm();
  if (config.completion) {
    complete(problem, measurement_numbers, config.num_measurements);
  } else {
    problem.A_train =
        normal_matrix(measurement_numbers, config.num_measurements, config.n_rows * config.n_cols);
    problem.A_train.rowwise().normalize();
    problem.A_test = orthonormal_complement(problem.A_train);
  }
  const auto vectorised = problem.ground_truth.reshaped<Eigen::RowMajor>();
  problem.b_train = problem.A_train * vectorised;
  problem.b_test = problem.A_test * vectorised;
  return problem;
}

}  // namespace gnc
