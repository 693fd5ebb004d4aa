#include "host/cuda/cuda_descent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "host/descent/descent_setup.hpp"
#include "kernels/cpu/simd_targets.hpp"
#include "kernels/cuda/descent.hpp"
#include "tests/cuda/cuda_test.hpp"
#include "tests/descent/small_descents.hpp"

namespace gnc {
namespace {

const std::atomic<bool> kGoOn{false};

class CudaDescent : public CudaTest {
 protected:
  /// Trains the runs on both, compares, and prints how many have the same bits; under a sanitizer few epochs.
  static void compare(std::vector<DescentRun> runs);
};

/// Whether device and CPU agree: within 1e-5 of the loss or 1e-9 for Linear and Leaky ReLU, whose bits are
/// the same on a CPU with fused multiply-add; within 1e-3 or 1e-6 for tanh, of which they have two versions.
void expect_near(const DescentRun& run, const DescentResult& device, const DescentResult& cpu,
                 const std::string& name) {
  const bool same_steps = run.activation != Activation::Tanh && simd_arithmetic() == "fma";
  const double relative = same_steps ? 1e-5 : 1e-3;
  const double absolute = same_steps ? 1e-9 : 1e-6;
  EXPECT_NEAR(device.gd_train, cpu.gd_train, relative * cpu.gd_train + absolute) << name;
  EXPECT_NEAR(device.gd_gen, cpu.gd_gen, relative * cpu.gd_gen + absolute) << name;
}

void CudaDescent::compare(std::vector<DescentRun> runs) {
  if (under_sanitizer()) {
    for (DescentRun& run : runs) run.epochs = std::min<std::int64_t>(run.epochs, 3);
  }
  std::vector<DescentResult> cpu(runs.size());
  std::vector<DescentResult> device(runs.size());
  std::vector<int> calls(runs.size(), 0);
  run_descents(runs, 1, kGoOn, [&](std::size_t i, const DescentResult& result) { cpu[i] = result; });
  run_descents_on_device(runs, kGoOn, [&](std::size_t i, const DescentResult& result) {
    device[i] = result;
    ++calls[i];
  });
  EXPECT_EQ(calls, std::vector<int>(runs.size(), 1));
  std::vector<int> same(kActivations.size(), 0);
  std::vector<int> all(kActivations.size(), 0);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const DescentRun& run = runs[i];
    ASSERT_TRUE(std::isfinite(cpu[i].gd_train)) << "run " << i;
    expect_near(run, device[i], cpu[i], "run " + std::to_string(i));
    const auto kind = static_cast<std::size_t>(run.activation);
    ++all[kind];
    if (device[i].gd_train == cpu[i].gd_train && device[i].gd_gen == cpu[i].gd_gen) ++same[kind];
  }
  for (std::size_t kind = 0; kind < all.size(); ++kind) {
    const char* const names[] = {"Linear", "Tanh", "Leaky ReLU"};
    const std::string name = names[kind];
    std::cout << name << ": " << same[kind] << " of " << all[kind] << " runs with the CPU's bits\n";
    testing::Test::RecordProperty("same bits, " + name, same[kind]);
  }
}

TEST_F(CudaDescent, RunsOfAllShapesInOneLaunchEndWithTheLossesOfTheCpu) {
  const ManyDescents many;
  compare(many.runs);
}

TEST_F(CudaDescent, RunsTooLargeForSharedMemoryEndWithTheLossesOfTheCpu) {
  const Problem problem = test_problem(5, 5, 0);
  std::vector<DescentRun> runs;
  for (const Activation activation : kActivations) {
    runs.push_back(test_run(problem, 300, 3, activation, 0.9));
    runs.back().epochs = 20;
    // Shared with the large ones, a launch has small ones whose arrays all fit.
    runs.push_back(test_run(problem, 5, 2, activation, 0.9));
  }
  const DescentInput large = input_of(runs[0]);
  const DescentInput small = input_of(runs[1]);
  EXPECT_GT(CudaDescents(std::span(&large, 1)).n_arrays_at_home(0), 0);
  EXPECT_EQ(CudaDescents(std::span(&small, 1)).n_arrays_at_home(0), 0);
  compare(runs);
}

TEST_F(CudaDescent, SlicesDoNotChangeAnything) {
  const Problem problem = test_problem(5, 5, 0);
  const std::vector<DescentInput> inputs = {input_of(test_run(problem, 20, 4, Activation::Tanh, 0.9)),
                                            input_of(test_run(problem, 300, 3, Activation::Tanh, 0.0))};
  CudaDescents whole(inputs);
  whole.run_epochs(40);
  CudaDescents sliced(inputs);
  for (const int count : {1, 2, 30, 7}) sliced.run_epochs(count);
  for (std::size_t run = 0; run < inputs.size(); ++run) EXPECT_EQ(whole.Y(run), sliced.Y(run));
  const std::vector<float> before = whole.Y(0);
  whole.run_epochs(1);
  EXPECT_NE(whole.Y(0), before);
}

TEST_F(CudaDescent, RunsEndWithTheirOwnEpochs) {
  const Problem problem = test_problem(5, 5, 0);
  std::vector<DescentRun> runs;
  for (const std::int64_t epochs : {50, 1, 9}) {
    runs.push_back(test_run(problem, 5, 2, Activation::LeakyRelu, 0.0));
    runs.back().epochs = epochs;
  }
  compare(runs);
}

TEST_F(CudaDescent, DivergedRunHasInfiniteLosses) {
  const Problem problem = test_problem(5, 5, 0);
  std::vector<DescentRun> runs(2, test_run(problem, 5, 4, Activation::Linear, 0.9));
  runs[0].lr = 1e30;
  std::vector<DescentResult> results(2);
  run_descents_on_device(runs, kGoOn,
                         [&](std::size_t i, const DescentResult& result) { results[i] = result; });
  EXPECT_EQ(results[0].gd_train, INFINITY);
  EXPECT_EQ(results[0].gd_gen, INFINITY);
  EXPECT_TRUE(std::isfinite(results[1].gd_gen)) << "a diverged run must not touch its neighbours";
}

TEST_F(CudaDescent, GivesUpBetweenSlices) {
  const Problem problem = test_problem(5, 5, 0);
  std::vector<DescentRun> runs(2, test_run(problem, 5, 2, Activation::Linear, 0.0));
  runs[0].epochs = 1;
  runs[1].epochs = 1'000'000'000'000;
  std::atomic<bool> stop{false};
  std::vector<std::size_t> finished;
  run_descents_on_device(runs, stop, [&](std::size_t i, const DescentResult&) {
    finished.push_back(i);
    stop = true;
  });
  EXPECT_EQ(finished, std::vector<std::size_t>{0});
}

}  // namespace
}  // namespace gnc
