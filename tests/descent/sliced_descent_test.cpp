#include "kernels/sliced_descent.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "host/descent/descent_setup.hpp"
#include "tests/descent/small_descents.hpp"

namespace gnc {
namespace {

DescentModel model_with(int width, int depth, Activation activation, float momentum) {
  DescentModel model;
  model.n_rows = model.n_cols = 5;
  model.width = width;
  model.depth = depth;
  model.activation = activation;
  model.momentum = momentum;
  model.n_train = 15;
  return model;
}

TEST(SlicedDescent, TakesAsManyFloatsAsItsArraysHave) {
  // lr, v, step; 8 sums; 15 targets and residuals; Y and its gradient; A; 50 weights and gradients.
  const int fixed = 3 + 8 + 2 * 15 + 2 * 25 + 15 * 25;
  EXPECT_EQ(n_array_entries(model_with(5, 2, Activation::Linear, 0.0f)), fixed + 2 * 50);
  EXPECT_EQ(n_array_entries(model_with(5, 2, Activation::Linear, 0.9f)), fixed + 3 * 50);
  EXPECT_EQ(n_array_entries(model_with(5, 2, Activation::Tanh, 0.0f)), fixed + 2 * 50 + 2 * 25);
  EXPECT_EQ(n_array_entries(model_with(5, 1, Activation::Tanh, 0.0f)), fixed + 2 * 25);
  EXPECT_EQ(n_array_entries(model_with(5, 4, Activation::Linear, 0.0f)), fixed + 2 * 100 + 3 * 25 + 2 * 25);
}

TEST(SlicedDescent, PublishedSweepsLiveInSharedMemory) {
  constexpr std::size_t kWithoutAsking = 48 * 1024 / sizeof(float);
  for (const Activation activation : kActivations) {
    for (const int width : {5, 10, 20, 40, 80, 160}) {
      const DescentModel model = model_with(width, 2, activation, 0.9f);
      const std::uint32_t all = arrays_in_shared(model, kWithoutAsking);
      EXPECT_EQ(shared_floats(model, all), static_cast<std::size_t>(n_array_entries(model)));
    }
    const DescentModel deep = model_with(5, 10, activation, 0.9f);
    EXPECT_EQ(shared_floats(deep, arrays_in_shared(deep, kWithoutAsking)),
              static_cast<std::size_t>(n_array_entries(deep)));
  }
}

TEST(SlicedDescent, SharedMemoryIsFilledInOrderAndNeverOver) {
  const DescentModel model = model_with(300, 4, Activation::Tanh, 0.9f);
  EXPECT_EQ(arrays_in_shared(model, 0), 0u);
  for (const std::size_t room : {1, 50, 1'000, 6'000, 100'000, 200'000, 400'000}) {
    const std::uint32_t chosen = arrays_in_shared(model, room);
    const std::size_t taken = shared_floats(model, chosen);
    EXPECT_LE(taken, room);
    DescentArrays arrays;
    std::size_t before = 0;
    int number = 0;
    for_each_array(model, arrays, [&](float*&, std::int64_t entries, DescentArrayUse) {
      const bool is_in = ((chosen >> number) & 1) != 0;
      EXPECT_EQ(is_in, before + static_cast<std::size_t>(entries) <= room)
          << "array " << number << " of " << entries << " entries, room " << room;
      if (is_in) before += static_cast<std::size_t>(entries);
      ++number;
    });
    EXPECT_EQ(before, taken);
    EXPECT_LE(number, 32) << "more arrays than bits";
  }
}

TEST(SlicedDescent, TeamsAreWholeWarpsForTheLargestMatrix) {
  EXPECT_EQ(descent_threads(model_with(5, 2, Activation::Linear, 0.0f)), 32);
  EXPECT_EQ(descent_threads(model_with(7, 2, Activation::Linear, 0.0f)), 64);
  EXPECT_EQ(descent_threads(model_with(7, 1, Activation::Linear, 0.0f)), 32);
  EXPECT_EQ(descent_threads(model_with(20, 3, Activation::Linear, 0.0f)), 416);
  EXPECT_EQ(descent_threads(model_with(1'000'000, 2, Activation::Linear, 0.0f)), kMostDescentThreads);
}

TEST(SlicedDescent, StartsWithWhatItIsGiven) {
  const Problem problem = test_problem(3, 4, 0);
  const DescentRun run = test_run(problem, 6, 3, Activation::Tanh, 0.9);
  const DescentInput input = input_of(run);
  std::vector<float> home(static_cast<std::size_t>(n_array_entries(input.model)), 7.0f);
  write_start(input, home.data());
  const SlicedDescent sliced = sliced_descent(input, home.data(), 0);
  EXPECT_EQ(sliced.epochs_left, run.epochs);
  EXPECT_EQ(n_arrays_at_home(sliced), 15);
  EXPECT_EQ(*sliced.home.lr, static_cast<float>(run.lr));
  EXPECT_EQ(*sliced.home.mean_square, 0.0f);
  for (std::size_t i = 0; i < input.weights.size(); ++i) {
    EXPECT_EQ(sliced.home.weights[i], input.weights[i]);
    EXPECT_EQ(sliced.home.velocity[i], 0.0f);
  }
  for (Eigen::Index i = 0; i < problem.A_train.size(); ++i) {
    EXPECT_EQ(sliced.home.A_train[i], static_cast<float>(problem.A_train.data()[i]));
  }
  for (Eigen::Index i = 0; i < problem.n_train(); ++i) {
    EXPECT_EQ(sliced.home.b_train[i], static_cast<float>(problem.b_train(i)));
  }
  EXPECT_EQ(n_arrays_at_home(sliced_descent(input, home.data(), home.size())), 0);
}

}  // namespace
}  // namespace gnc
