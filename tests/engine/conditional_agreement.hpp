#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/engine/cpu_engine.hpp"
#include "host/engine/prepared_cell.hpp"
#include "host/statistics/weight_statistics.hpp"
#include "tests/engine/engine_agreement.hpp"

namespace gnc {

/// A cell of estimator `conditional` that every engine must weigh like the others.
struct ConditionalCase {
  std::string name;
  Config config;
  Point point;
};

/// All activations; shapes square, tall, wide, of one row, of width 1 (singular), tiled, deep, infinitely
/// wide; sensing and completion.
inline std::vector<ConditionalCase> conditional_cases() {
  struct Shape {
    std::int64_t n_rows, n_cols, measurements, width, depth;
    bool completion;
  };
  const std::vector<Shape> shapes = {{5, 5, 15, 5, 2, false},  {5, 5, 15, 6, 2, true},
                                     {5, 5, 15, 5, 10, false}, {5, 5, 12, 33, 4, false},
                                     {5, 5, 15, 90, 2, false}, {1, 4, 2, 3, 2, false},
                                     {1, 9, 8, 7, 3, true},    {6, 1, 3, 2, 3, false},
                                     {4, 6, 14, 7, 3, false},  {7, 3, 12, 12, 2, true},
                                     {5, 5, 15, 1, 2, false},  {2, 2, 1, 3, 2, false},
                                     {8, 8, 40, 20, 2, false}, {5, 5, 15, kInfiniteWidth, 3, true}};
  std::vector<ConditionalCase> all;
  for (const Shape& shape : shapes) {
    for (const Activation activation : {Activation::Linear, Activation::Tanh, Activation::LeakyRelu}) {
      if (shape.width == kInfiniteWidth && activation != Activation::Linear) continue;
      ConditionalCase c;
      c.config.estimator = Estimator::Conditional;
      c.config.n_rows = shape.n_rows;
      c.config.n_cols = shape.n_cols;
      c.config.num_measurements = shape.measurements;
      c.config.completion = shape.completion;
      c.config.activation = activation;
      c.config.gnc_eps_train = {0.3, 0.02, 1e-4};
      c.config.seed = 5;
      c.point = {shape.width, shape.depth, 0.0, 0.0};
      c.name = fmt::format("{}x{} width {} depth {} activation {}", shape.n_rows, shape.n_cols, shape.width,
                           shape.depth, static_cast<int>(activation));
      all.push_back(c);
    }
  }
  return all;
}

/// Weighs `range` with the CPU engine and with `run`: the same draws of nonzero weight, with log weights and
/// drawn losses within `tolerance` of their size, but for at most two in a hundred, at the edge of the ball
/// or of a layer that is nearly singular; the same mean losses and prior. Returns what `run` gave.
inline ChunkResult expect_weights_as_on_the_cpu(const PreparedCell& cell, DrawRange range,
                                                std::span<const double> tolerances, double tolerance,
                                                const RunChunk& run, const std::string& name) {
  constexpr std::size_t kAll = 1'000'000;
  const ChunkResult expected = CpuEngine().run_chunk(cell, range, tolerances, kAll);
  ChunkResult got = run(cell, range, tolerances, kAll);
  EXPECT_EQ(got.drawn, expected.drawn) << name;
  EXPECT_EQ(got.prior.count, expected.prior.count) << name;
  const double prior = expected.prior.loss.value(kLossBits);
  EXPECT_NEAR(got.prior.loss.value(kLossBits), prior, 2e-5 * prior) << name;
  EXPECT_EQ(got.weighted.size(), expected.weighted.size()) << name;
  for (std::size_t t = 0; t < expected.weighted.size(); ++t) {
    const std::string where = fmt::format("{} tolerance {}", name, tolerances[t]);
    const std::vector<WeightedDraw>& theirs = expected.weighted[t].posterior;
    const std::vector<WeightedDraw>& ours = got.weighted[t].posterior;
    EXPECT_EQ(ours.size(), got.weighted[t].nonzero) << where;
    EXPECT_EQ(got.accepted[t].count, got.weighted[t].nonzero) << where;
    std::size_t together = 0;
    auto mine = ours.begin();
    for (const WeightedDraw& draw : theirs) {
      while (mine != ours.end() && mine->index < draw.index) ++mine;
      if (mine == ours.end() || mine->index != draw.index) continue;
      const double log = draw.weight.log();
      together += std::abs(mine->weight.log() - log) < tolerance * (1.0 + std::abs(log)) &&
                          std::abs(mine->gen_loss - draw.gen_loss) < tolerance * (0.1 + draw.gen_loss)
                      ? 1
                      : 0;
    }
    EXPECT_GE(50 * together, 49 * std::max(theirs.size(), ours.size())) << where;
    // A layer of width 1 may not reach a small ball.
    if (theirs.empty() && ours.empty()) continue;
    const auto mean = [](const WeightTally& tally) {
      return tally.sums[WeightTally::WX].value().log() - tally.sums[WeightTally::W].value().log();
    };
    EXPECT_NEAR(mean(got.weighted[t]), mean(expected.weighted[t]), 20 * tolerance) << where;
  }
  return got;
}

/// The same in law: rates and mean losses within 4 combined standard errors. For completion: Y's columns are
/// independent given the hidden layers, so that S falls into blocks, whose tridiagonal form, and with it the
/// z that a draw's numbers make, rests on the rounding of zeros.
inline void expect_rates_as_on_the_cpu(const PreparedCell& cell, DrawRange range,
                                       std::span<const double> tolerances, const RunChunk& run,
                                       const std::string& name) {
  const ChunkResult expected = CpuEngine().run_chunk(cell, range, tolerances, 0);
  const ChunkResult got = run(cell, range, tolerances, 0);
  const double prior = expected.prior.loss.value(kLossBits);
  EXPECT_NEAR(got.prior.loss.value(kLossBits), prior, 2e-5 * prior) << name;
  for (std::size_t t = 0; t < tolerances.size(); ++t) {
    const std::string where = fmt::format("{} tolerance {}", name, tolerances[t]);
    const WeightStatistics theirs = weight_statistics(expected.weighted[t], expected.drawn);
    const WeightStatistics ours = weight_statistics(got.weighted[t], got.drawn);
    const auto relative_error = [&](const WeightStatistics& statistics) {
      return std::sqrt(1.0 / *statistics.ess - 1.0 / static_cast<double>(got.drawn));
    };
    EXPECT_GT(*ours.ess, 5.0) << where;
    EXPECT_NEAR(ours.rate / theirs.rate, 1.0, 4 * std::hypot(relative_error(ours), relative_error(theirs)))
        << where;
    EXPECT_NEAR(*ours.gen, *theirs.gen, 4 * std::hypot(*ours.gen_se, *theirs.gen_se) + 1e-5 * *theirs.gen)
        << where;
  }
}

/// One or the other, by the case.
inline void expect_conditional_as_on_the_cpu(const ConditionalCase& c, const PreparedCell& cell,
                                             std::uint64_t draws, const RunChunk& run) {
  if (c.config.completion) {
    expect_rates_as_on_the_cpu(cell, {1000, 1000 + 8 * draws}, c.config.gnc_eps_train, run, c.name);
  } else {
    expect_weights_as_on_the_cpu(cell, {1000, 1000 + draws}, c.config.gnc_eps_train, 1e-3, run, c.name);
  }
}

/// That draws 0 .. draws - 1 in chunks of `size` are, bit for bit, `whole`, of which at least `stored` have a
/// nonzero weight at every tolerance.
inline void expect_same_weights_in_chunks(const PreparedCell& cell, std::uint64_t draws, std::uint64_t size,
                                          const std::vector<double>& tolerances, std::size_t stored,
                                          const RunChunk& run, const ChunkResult& whole) {
  std::vector<WeightTally> weighted(tolerances.size());
  LossSums prior;
  for (std::uint64_t begin = 0; begin < draws; begin += size) {
    const ChunkResult part = run(cell, {begin, std::min(begin + size, draws)}, tolerances, stored);
    for (std::size_t t = 0; t < weighted.size(); ++t) weighted[t].add(part.weighted[t]);
    prior.add(part.prior);
  }
  EXPECT_EQ(prior, whole.prior);
  for (std::size_t t = 0; t < weighted.size(); ++t) {
    ASSERT_EQ(whole.weighted[t].posterior.size(), stored);
    weighted[t].posterior.resize(stored);  // every chunk kept as many
    EXPECT_EQ(weighted[t], whole.weighted[t]) << tolerances[t];
  }
}

}  // namespace gnc
