#include "host/descent/descent.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <thread>
#include <tuple>
#include <vector>

#include "host/errors.hpp"
#include "host/start_thread.hpp"
#include "kernels/cpu/descent_kernel.hpp"
#include "kernels/random_stream.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

/// Runs that can share lanes, by number.
struct Group {
  std::vector<std::size_t> runs;
  double cost = 0.0;
};

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

/// Additions and multiplications of an epoch, roughly.
double epoch_cost(const DescentModel& model) {
  return 3.0 * static_cast<double>(model.n_weights()) * model.n_rows +
         2.0 * static_cast<double>(model.n_train) * model.n_entries();
}

std::vector<Group> make_groups(std::span<const DescentRun> runs) {
  const auto lanes = static_cast<std::size_t>(descent_lanes());
  std::vector<Group> groups;
  std::map<std::tuple<int, int, int, int, int, Activation, float, float, std::int64_t>, std::size_t> open;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const DescentModel model = model_of(runs[i]);
    const auto shape =
        std::make_tuple(model.n_rows, model.n_cols, model.width, model.depth, model.n_train, model.activation,
                        model.negative_slope, model.momentum, runs[i].epochs);
    const auto found = open.find(shape);
    if (found == open.end() || groups[found->second].runs.size() == lanes) {
      open[shape] = groups.size();
      groups.push_back({{}, epoch_cost(model) * static_cast<double>(runs[i].epochs)});
    }
    groups[open[shape]].runs.push_back(i);
  }
  // The longest first, so that no thread starts a long one while the others are done.
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.cost > b.cost; });
  return groups;
}

void start(DescentGroup& group, int lane, const DescentRun& run, const DescentModel& model) {
  RandomStream stream(run.key, Stream::DescentStart);
  std::int64_t next = 0;
  for (int layer = 1; layer <= model.depth; ++layer) {
    const int fan_in = layer == 1 ? model.n_rows : model.width;
    const int fan_out = layer == model.depth ? model.n_cols : model.width;
    const double scale = run.init_scale / std::sqrt(static_cast<double>(fan_in));
    for (int i = 0; i < fan_in * fan_out; ++i) {
      const double symmetric = 2.0 * static_cast<double>(stream.uniform()) - 1.0;
      group.weight(lane, next++) = static_cast<float>(symmetric * scale);
    }
  }
  const Problem& problem = *run.problem;
  for (Eigen::Index i = 0; i < problem.A_train.size(); ++i) {
    group.A_train(lane, i) = static_cast<float>(problem.A_train.data()[i]);
  }
  for (Eigen::Index i = 0; i < problem.n_train(); ++i)
    group.b_train(lane, i) = static_cast<float>(problem.b_train(i));
  group.lr(lane) = static_cast<float>(run.lr);
}

DescentResult result_of(const DescentGroup& group, int lane, const Problem& problem) {
  Eigen::VectorXd y(problem.ground_truth.size());
  for (Eigen::Index i = 0; i < y.size(); ++i) y(i) = static_cast<double>(group.Y(lane, i));
  DescentResult result;
  result.gd_gen = (problem.A_test * y - problem.b_test).squaredNorm() / static_cast<double>(problem.n_test());
  result.gd_train =
      (problem.A_train * y - problem.b_train).squaredNorm() / static_cast<double>(problem.n_train());
  if (!std::isfinite(result.gd_gen) || !std::isfinite(result.gd_train))
    result.gd_gen = result.gd_train = std::numeric_limits<double>::infinity();
  return result;
}

/// Trains the group; false if it was given up.
bool train(DescentGroup& group, const DescentModel& model, std::int64_t epochs,
           const std::function<bool()>& given_up) {
  const auto slice = static_cast<std::int64_t>(std::max(1.0, 1e8 / epoch_cost(model)));
  for (std::int64_t done = 0; done < epochs;) {
    if (given_up()) return false;
    const std::int64_t count = std::min(slice, epochs - done);
    group.run_epochs(count);
    done += count;
  }
  return true;
}

}  // namespace

void run_descents(std::span<const DescentRun> runs, int threads, const std::atomic<bool>& stop,
                  const std::function<void(std::size_t, const DescentResult&)>& finished) {
  const std::vector<Group> groups = make_groups(runs);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::exception_ptr error;

  const auto given_up = [&] { return stop || failed; };
  const auto train_group = [&](const Group& members) {
    const Clock::time_point begin = Clock::now();
    const DescentModel model = model_of(runs[members.runs.front()]);
    DescentGroup group(model);
    for (std::size_t lane = 0; lane < members.runs.size(); ++lane) {
      start(group, static_cast<int>(lane), runs[members.runs[lane]], model);
    }
    if (!train(group, model, runs[members.runs.front()].epochs, given_up)) return;
    group.update_Y();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const std::lock_guard lock(mutex);
    for (std::size_t lane = 0; lane < members.runs.size(); ++lane) {
      DescentResult result = result_of(group, static_cast<int>(lane), *runs[members.runs[lane]].problem);
      result.seconds = seconds / static_cast<double>(members.runs.size());
      finished(members.runs[lane], result);
    }
  };
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < groups.size() && !given_up(); i = next++) train_group(groups[i]);
    } catch (...) {
      failed = true;
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
    }
  };
  const std::size_t n_threads = std::min(static_cast<std::size_t>(threads), groups.size());
  {
    std::vector<std::jthread> pool;
    try {
      for (std::size_t t = 1; t < n_threads; ++t) pool.push_back(start_thread(work));
    } catch (...) {
      failed = true;
      throw;
    }
    work();
  }
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    throw RunError(
        "out of memory in gradient descent; use fewer --threads or a smaller network, or leave it out by "
        "--no-gd");
  }
}

}  // namespace gnc
