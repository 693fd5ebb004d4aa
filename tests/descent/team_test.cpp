#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <cmath>
#include <thread>
#include <vector>

#include "host/descent/descent_setup.hpp"
#include "kernels/cpu/descent_kernel.hpp"
#include "kernels/cpu/simd_targets.hpp"
#include "tests/descent/small_descents.hpp"
#include "tests/descent/thread_team.hpp"
#include "tests/descent/turn_batch.hpp"

namespace gnc {
namespace {

constexpr std::int64_t kEpochs = 60;

/// Y after kEpochs epochs by one worker, in plain arithmetic.
std::vector<float> by_one_worker(const DescentInput& input) {
  std::vector<float> memory(static_cast<std::size_t>(n_array_entries(input.model)));
  write_start(input, memory.data());
  const DescentArrays arrays = arrays_in(input.model, memory.data(), 1);
  plain::descent_epochs<plain::ScalarLanes>(plain::OneWorker(), input.model, arrays, 1.0, kEpochs);
  return {arrays.Y, arrays.Y + input.model.n_entries()};
}

/// The same on the CPU's lanes.
std::vector<float> by_lanes(const DescentInput& input) {
  DescentGroup group(input.model);
  for (std::size_t i = 0; i < input.weights.size(); ++i)
    group.weight(0, static_cast<std::int64_t>(i)) = input.weights[i];
  for (std::size_t i = 0; i < input.A_train.size(); ++i)
    group.A_train(0, static_cast<std::int64_t>(i)) = input.A_train[i];
  for (std::size_t i = 0; i < input.b_train.size(); ++i)
    group.b_train(0, static_cast<std::int64_t>(i)) = input.b_train[i];
  group.lr(0) = input.lr;
  group.run_epochs(kEpochs);
  std::vector<float> Y(static_cast<std::size_t>(input.model.n_entries()));
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = group.Y(0, static_cast<std::int64_t>(i));
  return Y;
}

std::vector<float> by_turns(const DescentInput& input, int team_size, std::size_t shared) {
  TurnBatch batch(std::span(&input, 1), team_size, shared);
  for (const std::int64_t count : {std::int64_t{1}, std::int64_t{20}, kEpochs}) batch.run_epochs(count);
  return batch.Y(0);
}

/// Two slices by `workers` threads, as a device runs them.
std::vector<float> by_threads(const DescentInput& input, int workers) {
  std::vector<float> home(static_cast<std::size_t>(n_array_entries(input.model)));
  write_start(input, home.data());
  SlicedDescent run = sliced_descent(input, home.data(), home.size() / 2);
  std::vector<float> shared(shared_floats(run.model, run.in_shared));
  for (const std::int64_t count : {kEpochs / 3, kEpochs}) {
    std::barrier<> barrier(workers);
    std::vector<std::jthread> team;
    for (int worker = 0; worker < workers; ++worker) {
      team.emplace_back([&, worker] {
        plain::descent_slice(ThreadTeam(HostThread(worker, workers, barrier)), &run, shared.data(), count);
      });
    }
  }
  return {run.home.Y, run.home.Y + input.model.n_entries()};
}

DescentInput test_input(const DescentRun& run) {
  DescentInput input = input_of(run);
  input.epochs = kEpochs;
  return input;
}

TEST(DescentTeam, LanesOfTheCpuAndPlainArithmeticGiveTheSameBits) {
  if (simd_arithmetic() != "fma") GTEST_SKIP() << "this machine's lanes have no fused multiply-add";
  const ManyDescents many;
  for (std::size_t i = 0; i < many.runs.size(); ++i) {
    const DescentInput input = test_input(many.runs[i]);
    const std::vector<float> lanes = by_lanes(input);
    const std::vector<float> plain = by_one_worker(input);
    if (input.model.activation != Activation::Tanh) {
      EXPECT_EQ(lanes, plain) << "run " << i;
      continue;
    }
    // Two implementations of tanh, each right to about 1e-7, and 60 epochs.
    for (std::size_t e = 0; e < plain.size(); ++e) EXPECT_NEAR(lanes[e], plain[e], 1e-4) << "run " << i;
  }
}

TEST(DescentTeam, ResultsDependOnNeitherItsSizeNorItsOrderNorTheSlicesNorWhereArraysLie) {
  const ManyDescents many;
  for (std::size_t i = 0; i < many.runs.size(); ++i) {
    const DescentInput input = test_input(many.runs[i]);
    const std::vector<float> expected = by_one_worker(input);
    ASSERT_TRUE(std::all_of(expected.begin(), expected.end(), [](float y) { return std::isfinite(y); }));
    ASSERT_NE(expected, std::vector<float>(expected.size(), 0.0f));
    const auto all = static_cast<std::size_t>(n_array_entries(input.model));
    EXPECT_EQ(by_turns(input, 1, all), expected) << "run " << i;
    EXPECT_EQ(by_turns(input, 7, all / 2), expected) << "run " << i;
    EXPECT_EQ(by_turns(input, 32, all), expected) << "run " << i;
    EXPECT_EQ(by_turns(input, 256, 0), expected) << "run " << i;
    EXPECT_EQ(by_turns(input, 0, all / 4), expected) << "run " << i;
  }
}

// Of the test above: it finds every sync() that is missing from an epoch.
TEST(DescentTeam, EverySyncOfAnEpochIsNeeded) {
  const Problem problem = test_problem(5, 5, 0);
  for (const Activation activation : kActivations) {
    for (const std::int64_t depth : {2, 4}) {
      const DescentInput input = test_input(test_run(problem, 6, depth, activation, 0.9));
      const auto train = [&](int forgotten, int period, std::int64_t epochs, int& syncs) {
        std::vector<float> memory(static_cast<std::size_t>(n_array_entries(input.model)));
        write_start(input, memory.data());
        const DescentArrays arrays = arrays_in(input.model, memory.data(), 1);
        TurnTeam team(7, 3);
        if (forgotten >= 0) team.forget_sync(forgotten, period);
        plain::descent_epochs<plain::ScalarLanes>(team, input.model, arrays, 1.0, epochs);
        team.finish();
        syncs = team.syncs();
        return std::vector<float>(arrays.Y, arrays.Y + input.model.n_entries());
      };
      int after_none = 0;
      int after_one = 0;
      train(-1, 1, 0, after_none);
      train(-1, 1, 1, after_one);
      const int of_an_epoch = after_one - after_none;
      ASSERT_GT(of_an_epoch, 5);
      int syncs = 0;
      const std::vector<float> expected = by_one_worker(input);
      ASSERT_EQ(train(-1, 1, kEpochs, syncs), expected);
      // The last one is for hidden layers that are W_1 itself; others follow from W_1 entry by entry.
      const int needed = of_an_epoch - (activation == Activation::Linear ? 0 : 1);
      for (int forgotten = 0; forgotten < needed; ++forgotten) {
        EXPECT_TRUE(train(forgotten, of_an_epoch, kEpochs, syncs) != expected) << "sync " << forgotten;
      }
    }
  }
}

// Under the thread sanitizer this finds every access that no sync() parts from another worker's.
TEST(DescentTeam, ThreadsGiveTheSameBits) {
  const ManyDescents many;
  for (std::size_t i = 0; i < many.runs.size(); ++i) {
    const DescentInput input = test_input(many.runs[i]);
    EXPECT_EQ(by_threads(input, 3), by_one_worker(input)) << "run " << i;
  }
}

}  // namespace
}  // namespace gnc
