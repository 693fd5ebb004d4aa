#include "host/descent/batched_descent.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "host/descent/slice_length.hpp"
#include "host/errors.hpp"
#include "kernels/cpu/simd_targets.hpp"
#include "kernels/cuda/device_error.hpp"
#include "tests/descent/small_descents.hpp"
#include "tests/descent/turn_batch.hpp"

namespace gnc {
namespace {

/// A clock that stands still but for what `advance` adds.
struct Clock {
  double now = 0.0;
  std::function<double()> read() {
    return [this] { return now; };
  }
};

/// A device that only counts: each epoch of a batch takes `epoch_seconds`, `room` runs fit.
struct CountingDevice {
  Clock clock;
  double epoch_seconds = 1e-6;
  std::size_t room = 1'000'000;
  std::vector<std::size_t> asked;     ///< runs of each batch that was asked for
  std::vector<std::int64_t> slices;   ///< epochs of each launch
  std::function<void()> after_slice;  ///< may be empty

  class Batch : public DescentBatch {
   public:
    Batch(CountingDevice& device, std::span<const DescentInput> inputs)
        : device_(device), n_entries_(static_cast<std::size_t>(inputs.front().model.n_entries())) {}
    void run_epochs(std::int64_t count) override {
      device_.slices.push_back(count);
      device_.clock.now += device_.epoch_seconds * static_cast<double>(count);
      if (device_.after_slice) device_.after_slice();
    }
    std::vector<float> Y(std::size_t) override { return std::vector<float>(n_entries_, 0.0f); }

   private:
    CountingDevice& device_;
    std::size_t n_entries_;
  };

  MakeDescentBatch maker() {
    return [this](std::span<const DescentInput> inputs) -> std::unique_ptr<DescentBatch> {
      asked.push_back(inputs.size());
      if (inputs.size() > room) throw DeviceError(DeviceError::Kind::OutOfMemory, "no memory");
      return std::make_unique<Batch>(*this, inputs);
    };
  }
};

const std::atomic<bool> kGoOn{false};

TEST(NextSlice, GrowsByEightUpToATenthOfASecond) {
  EXPECT_EQ(next_slice(1, 0.0), 8);
  EXPECT_EQ(next_slice(8, 1e-6), 64);
  EXPECT_EQ(next_slice(1'000, 0.05), 2'000);
  EXPECT_EQ(next_slice(1'000, 0.2), 500);
  EXPECT_EQ(next_slice(10, 30.0), 1);
  EXPECT_EQ(next_slice(1, 30.0), 1);
}

TEST(BatchedDescent, EndsWithTheLossesOfTheCpu) {
  if (simd_arithmetic() != "fma") GTEST_SKIP() << "this machine's lanes have no fused multiply-add";
  const ManyDescents many;
  std::vector<DescentResult> cpu(many.runs.size());
  run_descents(many.runs, 1, kGoOn, [&](std::size_t i, const DescentResult& result) { cpu[i] = result; });
  Clock clock;
  std::vector<int> calls(many.runs.size(), 0);
  run_batched_descents(
      many.runs, kGoOn,
      [&](std::size_t i, const DescentResult& result) {
        ++calls[i];
        if (many.runs[i].activation == Activation::Tanh) {
          EXPECT_NEAR(result.gd_gen, cpu[i].gd_gen, 1e-3 * cpu[i].gd_gen + 1e-6) << "run " << i;
          EXPECT_NEAR(result.gd_train, cpu[i].gd_train, 1e-3 * cpu[i].gd_train + 1e-6) << "run " << i;
        } else {
          EXPECT_EQ(result.gd_gen, cpu[i].gd_gen) << "run " << i;
          EXPECT_EQ(result.gd_train, cpu[i].gd_train) << "run " << i;
        }
      },
      [](std::span<const DescentInput> inputs) { return std::make_unique<TurnBatch>(inputs, 0, 1'000); },
      clock.read());
  EXPECT_EQ(calls, std::vector<int>(many.runs.size(), 1));
}

TEST(BatchedDescent, RunsThatDoNotFitAreHalved) {
  const Problem problem = test_problem(3, 3, 0);
  const std::vector<DescentRun> runs(23, test_run(problem, 4, 2, Activation::Linear, 0.0));
  CountingDevice device;
  device.room = 5;
  std::vector<std::size_t> order;
  run_batched_descents(
      runs, kGoOn, [&](std::size_t i, const DescentResult&) { order.push_back(i); }, device.maker(),
      device.clock.read());
  EXPECT_EQ(device.asked, (std::vector<std::size_t>{23, 11, 5, 5, 5, 5, 3}));
  std::vector<std::size_t> all(runs.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_EQ(order, all);
}

TEST(BatchedDescent, BatchesAreBounded) {
  const Problem problem = test_problem(3, 3, 0);
  const std::vector<DescentRun> runs(5'000, test_run(problem, 1, 2, Activation::Linear, 0.0));
  CountingDevice device;
  std::size_t finished = 0;
  run_batched_descents(
      runs, kGoOn, [&](std::size_t, const DescentResult&) { ++finished; }, device.maker(),
      device.clock.read());
  EXPECT_EQ(device.asked, (std::vector<std::size_t>{4096, 904}));
  EXPECT_EQ(finished, runs.size());
}

/// The message of the RunError that training ends with.
std::string error_of(const std::vector<DescentRun>& runs, const MakeDescentBatch& maker) {
  try {
    run_batched_descents(
        runs, kGoOn, [](std::size_t, const DescentResult&) {}, maker, [] { return 0.0; });
  } catch (const RunError& error) {
    return error.what();
  }
  return "no RunError";
}

TEST(BatchedDescent, ARunThatDoesNotFitAloneIsAnError) {
  const Problem problem = test_problem(3, 3, 0);
  CountingDevice device;
  device.room = 0;
  const std::string message =
      error_of(std::vector(3, test_run(problem, 4, 2, Activation::Linear, 0.0)), device.maker());
  EXPECT_NE(message.find("one run does not fit"), std::string::npos) << message;
  EXPECT_EQ(device.asked, (std::vector<std::size_t>{3, 1}));
}

TEST(BatchedDescent, AFailingDeviceIsAnErrorThatSaysWhatItAnswered) {
  const Problem problem = test_problem(3, 3, 0);
  CountingDevice device;
  device.after_slice = [] { throw DeviceError(DeviceError::Kind::Failed, "it broke"); };
  const std::string message =
      error_of(std::vector(3, test_run(problem, 4, 2, Activation::Linear, 0.0)), device.maker());
  EXPECT_NE(message.find("gradient descent: it broke"), std::string::npos) << message;
  EXPECT_EQ(device.slices.size(), 1u);
}

TEST(BatchedDescent, SlicesTakeATenthOfASecondAndEndWithTheEpochs) {
  const Problem problem = test_problem(3, 3, 0);
  DescentRun run = test_run(problem, 4, 2, Activation::Linear, 0.0);
  run.epochs = 10'000;
  CountingDevice device;
  device.epoch_seconds = 1.0 / 16'384;
  double seconds = 0.0;
  run_batched_descents(
      std::vector(4, run), kGoOn, [&](std::size_t, const DescentResult& result) { seconds = result.seconds; },
      device.maker(), device.clock.read());
  EXPECT_EQ(device.slices, (std::vector<std::int64_t>{1, 8, 64, 512, 1638, 1638, 1638, 1638, 1638, 1225}));
  EXPECT_EQ(seconds, 10'000.0 / 16'384 / 4);
}

TEST(BatchedDescent, StopsBetweenSlices) {
  const Problem problem = test_problem(3, 3, 0);
  DescentRun run = test_run(problem, 4, 2, Activation::Linear, 0.0);
  run.epochs = 1'000'000'000'000;
  std::atomic<bool> stop{false};
  CountingDevice device;
  device.after_slice = [&] { stop = device.slices.size() == 3; };
  int finished = 0;
  run_batched_descents(
      std::vector(4, run), stop, [&](std::size_t, const DescentResult&) { ++finished; }, device.maker(),
      device.clock.read());
  EXPECT_EQ(device.slices.size(), 3u);
  EXPECT_EQ(finished, 0);
  run_batched_descents(
      std::vector(4, run), stop, [&](std::size_t, const DescentResult&) { ++finished; }, device.maker(),
      device.clock.read());
  EXPECT_EQ(device.asked.size(), 1u) << "nothing is begun once stop is true";
}

TEST(BatchedDescent, RunsOfDifferentLengthsEndEachWithTheirOwnEpochs) {
  if (simd_arithmetic() != "fma") GTEST_SKIP() << "this machine's lanes have no fused multiply-add";
  const Problem problem = test_problem(4, 5, 0);
  std::vector<DescentRun> runs;
  for (const std::int64_t epochs : {70, 1, 300, 9}) {
    runs.push_back(test_run(problem, 4, 3, Activation::LeakyRelu, 0.9));
    runs.back().epochs = epochs;
  }
  std::vector<DescentResult> cpu(runs.size());
  run_descents(runs, 1, kGoOn, [&](std::size_t i, const DescentResult& result) { cpu[i] = result; });
  std::vector<std::size_t> order;
  run_batched_descents(
      runs, kGoOn,
      [&](std::size_t i, const DescentResult& result) {
        order.push_back(i);
        EXPECT_EQ(result.gd_train, cpu[i].gd_train) << "run " << i;
      },
      [](std::span<const DescentInput> inputs) { return std::make_unique<TurnBatch>(inputs, 0, 300); },
      [] { return 0.0; });
  EXPECT_EQ(order, (std::vector<std::size_t>{1, 3, 0, 2}));
}

TEST(BatchedDescent, ErrorsOfTheCallbackReachTheCaller) {
  const Problem problem = test_problem(3, 3, 0);
  const std::vector<DescentRun> runs(3, test_run(problem, 4, 2, Activation::Linear, 0.0));
  CountingDevice device;
  EXPECT_THROW(run_batched_descents(
                   runs, kGoOn, [](std::size_t, const DescentResult&) { throw std::logic_error("no"); },
                   device.maker(), device.clock.read()),
               std::logic_error);
}

}  // namespace
}  // namespace gnc
