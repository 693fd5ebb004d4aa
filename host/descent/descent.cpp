#include "host/descent/descent.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <tuple>
#include <vector>

#include "host/descent/descent_setup.hpp"
#include "host/errors.hpp"
#include "host/for_each_index.hpp"
#include "host/stopwatch.hpp"
#include "kernels/cpu/descent_kernel.hpp"

namespace gnc {
namespace {

/// Runs that can share lanes, by number.
struct Group {
  std::vector<std::size_t> runs;
  double cost = 0.0;
};

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

void start(DescentGroup& group, int lane, const DescentInput& input) {
  const auto copy = [](const std::vector<float>& from, const auto& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to(static_cast<std::int64_t>(i)) = from[i];
  };
  copy(input.weights, [&](std::int64_t i) -> float& { return group.weight(lane, i); });
  copy(input.A_train, [&](std::int64_t i) -> float& { return group.A_train(lane, i); });
  copy(input.b_train, [&](std::int64_t i) -> float& { return group.b_train(lane, i); });
  group.lr(lane) = input.lr;
}

DescentResult result_of(const DescentGroup& group, int lane, const Problem& problem) {
  std::vector<float> Y(static_cast<std::size_t>(problem.ground_truth.size()));
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = group.Y(lane, static_cast<std::int64_t>(i));
  return gnc::result_of(Y, problem);
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
                  const DescentFinished& finished) {
  const std::vector<Group> groups = make_groups(runs);
  std::mutex mutex;
  const auto train_group = [&](const Group& members, const std::atomic<bool>& failed) {
    const Stopwatch watch;
    const DescentModel model = model_of(runs[members.runs.front()]);
    DescentGroup group(model);
    for (std::size_t lane = 0; lane < members.runs.size(); ++lane) {
      start(group, static_cast<int>(lane), input_of(runs[members.runs[lane]]));
    }
    const auto given_up = [&] { return stop || failed; };
    if (!train(group, model, runs[members.runs.front()].epochs, given_up)) return;
    group.update_Y();
    const double seconds = watch.seconds();
    const std::lock_guard lock(mutex);
    for (std::size_t lane = 0; lane < members.runs.size(); ++lane) {
      DescentResult result = result_of(group, static_cast<int>(lane), *runs[members.runs[lane]].problem);
      result.seconds = seconds / static_cast<double>(members.runs.size());
      finished(members.runs[lane], result);
    }
  };
  try {
    for_each_index(threads, groups.size(), [&](std::size_t i, const std::atomic<bool>& failed) {
      if (!stop) train_group(groups[i], failed);
    });
  } catch (const std::bad_alloc&) {
    throw RunError(
        "out of memory in gradient descent; use fewer --threads or a smaller network, or leave it out by "
        "--no-gd");
  }
}

}  // namespace gnc
