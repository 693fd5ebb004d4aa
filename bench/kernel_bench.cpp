#include <benchmark/benchmark.h>

#include <array>

#include "host/engine/prepared_cell.hpp"
#include "host/problem/random_problem.hpp"
#include "kernels/cpu/descent_kernel.hpp"
#include "kernels/cpu/draw_kernel.hpp"
#include "kernels/cpu/simd_targets.hpp"

namespace gnc {
namespace {

// One thread, on the published 5 x 5 problem with 15 measurements. Arguments: width, depth, activation.

Config config_of(const benchmark::State& state) {
  Config config;
  config.activation = static_cast<Activation>(state.range(2));
  return config;
}

Point point_of(const benchmark::State& state) { return {state.range(0), state.range(1), 0.0, 0.0}; }

/// Runs `draw(cell, begin, end)` on one range of draws after another.
template <class Draw>
void over_draws(benchmark::State& state, Draw draw) {
  constexpr std::uint64_t kDraws = 1 << 14;
  const Config config = config_of(state);
  const Point point = point_of(state);
  const PreparedCell cell(config, point, 0, random_problem(config, 0));
  std::uint64_t begin = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(draw(cell.view(), begin, begin + kDraws));
    begin += kDraws;
  }
  const auto drawn = static_cast<double>(begin);
  const auto weights = static_cast<double>(n_weights(config.n_rows, config.n_cols, point.width, point.depth));
  state.counters["draws/s"] = benchmark::Counter(drawn, benchmark::Counter::kIsRate);
  state.counters["weights/s"] = benchmark::Counter(drawn * weights, benchmark::Counter::kIsRate);
  state.SetLabel(simd_name());
}

/// The bound: the same random numbers, only summed.
void numbers(benchmark::State& state) {
  ScratchMemory memory;
  over_draws(state, [&](const CellView& cell, std::uint64_t begin, std::uint64_t end) {
    return sum_weights(cell, begin, end, memory);
  });
}

void draws(benchmark::State& state) {
  ScratchMemory memory;
  constexpr std::array<double, 1> kTolerances = {0.02};
  over_draws(state, [&](const CellView& cell, std::uint64_t begin, std::uint64_t end) {
    return run_draws(cell, kTolerances, begin, end, 0, memory).accepted[0].count;
  });
}

/// Epochs of descent_lanes() runs side by side.
void descent_epochs(benchmark::State& state) {
  const Config config = config_of(state);
  const Point point = point_of(state);
  const Problem problem = random_problem(config, 0);
  DescentModel model;
  model.n_rows = static_cast<int>(config.n_rows);
  model.n_cols = static_cast<int>(config.n_cols);
  model.width = static_cast<int>(point.width);
  model.depth = static_cast<int>(point.depth);
  model.activation = config.activation;
  model.n_train = static_cast<int>(problem.n_train());
  DescentGroup group(model);
  for (int lane = 0; lane < descent_lanes(); ++lane) {
    for (std::int64_t i = 0; i < model.n_weights(); ++i) {
      group.weight(lane, i) = 1e-3f * static_cast<float>(i % 7 - 3);
    }
    for (Eigen::Index i = 0; i < problem.A_train.size(); ++i) {
      group.A_train(lane, i) = static_cast<float>(problem.A_train.data()[i]);
    }
    for (Eigen::Index i = 0; i < problem.n_train(); ++i) {
      group.b_train(lane, i) = static_cast<float>(problem.b_train(i));
    }
    group.lr(lane) = 1e-4f;
  }
  constexpr std::int64_t kEpochs = 100;
  for (auto _ : state) group.run_epochs(kEpochs);
  const auto epochs = static_cast<double>(state.iterations() * kEpochs * descent_lanes());
  state.counters["epochs/s"] = benchmark::Counter(epochs, benchmark::Counter::kIsRate);
}

void published_points(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"width", "depth", "activation"})->Unit(benchmark::kMillisecond);
  for (const std::int64_t width : {5, 10, 20, 40, 80, 160}) bench->Args({width, 2, 0});
  for (const std::int64_t depth : {4, 7, 10}) bench->Args({5, depth, 0});
  for (const std::int64_t activation : {1, 2}) {
    bench->Args({5, 2, activation});
    bench->Args({160, 2, activation});
  }
}

BENCHMARK(numbers)
    ->ArgNames({"width", "depth", "activation"})
    ->Args({5, 2, 0})
    ->Args({160, 2, 0})
    ->Args({5, 10, 0});
BENCHMARK(draws)->Apply(published_points);
BENCHMARK(descent_epochs)->Apply(published_points);

}  // namespace
}  // namespace gnc
