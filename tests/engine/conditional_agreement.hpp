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
  const std::vector<Shape> shapes = {
      {5, 5, 15, 5, 2, false},  {5, 5, 15, 6, 2, true},  {5, 5, 15, 5, 10, false}, {5, 5, 12, 33, 4, false},
      {5, 5, 15, 90, 2, false}, {1, 4, 2, 3, 2, false},  {1, 9, 8, 7, 3, true},    {6, 1, 3, 2, 3, false},
      {4, 6, 14, 7, 3, false},  {7, 3, 12, 12, 2, true}, {5, 5, 15, 1, 2, false},  {2, 2, 1, 3, 2, false},
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

/// Weighs `range` with the CPU engine and with `run`: the same draws of nonzero weight but for at most two in
/// a hundred at the edge of the ball, with log weights within `tolerance` of their size, and the same losses
/// and prior; returns what `run` gave.
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
    std::size_t alone = 0;
    auto mine = ours.begin();
    for (const WeightedDraw& draw : theirs) {
      for (; mine != ours.end() && mine->index < draw.index; ++mine) ++alone;
      if (mine == ours.end() || mine->index != draw.index) {
        ++alone;
        continue;
      }
      const double log = draw.weight.log();
      EXPECT_NEAR(mine->weight.log(), log, tolerance * (1.0 + std::abs(log))) << where << " " << draw.index;
      EXPECT_NEAR(mine->gen_loss, draw.gen_loss, tolerance * (0.1 + draw.gen_loss)) << where << " " << draw.index;
      ++mine;
    }
    alone += static_cast<std::size_t>(ours.end() - mine);
    EXPECT_LE(50 * alone, theirs.size()) << where;
    if (theirs.empty()) continue;
    const auto mean = [](const WeightTally& tally) {
      return tally.sums[WeightTally::WX].value().log() - tally.sums[WeightTally::W].value().log();
    };
    EXPECT_NEAR(mean(got.weighted[t]), mean(expected.weighted[t]), 20 * tolerance) << where;
  }
  return got;
}

}  // namespace gnc
