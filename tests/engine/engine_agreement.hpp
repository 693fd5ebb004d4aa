#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "host/engine/cpu_engine.hpp"
#include "host/engine/prepared_cell.hpp"
#include "kernels/draw_form.hpp"

namespace gnc {

using RunChunk = std::function<ChunkResult(const PreparedCell&, DrawRange, std::span<const double>,
                                           const StoreLimits& max_stored)>;

/// How the engine draws.
inline RunChunk runs(Engine& engine) {
  return [&](const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
             const StoreLimits& max_stored) { return engine.run_chunk(cell, range, tolerances, max_stored); };
}

/// The sums of a chunk that stores every accepted draw are those of its stored draws, to the last bit, and
/// the prior's count is that of the share.
inline void expect_exact_sums(const ChunkResult& chunk, DrawRange range, std::span<const double> tolerances,
                              const std::string& name) {
  for (std::size_t t = 0; t < tolerances.size(); ++t) {
    LossSums expected;
    for (const AcceptedDraw& draw : chunk.stored) {
      if (static_cast<double>(draw.train_loss) < tolerances[t]) expected.add(draw.gen_loss);
    }
    EXPECT_EQ(chunk.accepted[t], expected) << name << " tolerance " << tolerances[t];
  }
  std::uint64_t share = 0;
  for (std::uint64_t index = range.begin; index < range.end; ++index) share += in_prior_share(index) ? 1 : 0;
  EXPECT_EQ(chunk.prior.count, share) << name;
  EXPECT_EQ(chunk.drawn, range.end - range.begin) << name;
}

/// Draws `range` with the CPU engine and with `run`: the same accepted draws at the half and at the tenth of
/// the draws that fit best, but for those within 2e-5 (relative) of a tolerance; the same losses, Y and prior
/// mean to the rounding of float. `approximates`: whether the engine's numbers are those of a device's
/// special-function unit.
inline void expect_agreement_with_cpu(const PreparedCell& cell, DrawRange range, const RunChunk& run,
                                      const std::string& name, bool approximates = false) {
  constexpr std::size_t kAll = 1'000'000;
  CpuEngine cpu;
  const std::vector<double> everything = {1e30};
  const ChunkResult all = cpu.run_chunk(cell, range, everything, kAll);
  ASSERT_GE(all.stored.size(), 20u) << name;
  std::vector<float> losses;
  for (const AcceptedDraw& draw : all.stored) losses.push_back(draw.train_loss);
  std::ranges::sort(losses);
  const auto between = [&](std::size_t i) {
    return 0.5 * (static_cast<double>(losses[i]) + static_cast<double>(losses[i + 1]));
  };
  const std::vector<double> tolerances = {between(losses.size() / 2), between(losses.size() / 10)};

  // Rounding grows with the layers that a value passes. Normalisation divides the error of the numbers, which
  // agree to 1e-5, by a norm that may be small; the Cholesky form that of approximate ones by its pivots.
  const bool divides =
      cell.view().normalize || (approximates && draw_form(cell.view()) == DrawForm::Cholesky);
  const double rounding = 1e-6 * (2.0 + cell.view().depth) * (divides ? 10.0 : 1.0);
  const ChunkResult got = run(cell, range, tolerances, kAll);
  expect_exact_sums(got, range, tolerances, name);
  std::map<std::uint64_t, const AcceptedDraw*> accepted;
  std::uint64_t previous = 0;
  for (const AcceptedDraw& draw : got.stored) {
    EXPECT_GE(draw.index, previous) << name;
    previous = draw.index + 1;
    accepted[draw.index] = &draw;
  }
  for (const AcceptedDraw& expected : all.stored) {
    const auto found = accepted.find(expected.index);
    const double loss = expected.train_loss;
    double norm = 0.0;
    for (const float y : expected.Y) norm += static_cast<double>(y) * static_cast<double>(y);
    const double size = rounding * (1.0 + std::sqrt(norm));
    const double loss_size = 2 * size * std::sqrt(loss) + size * size;
    if (std::abs(loss - tolerances[0]) < std::max(2e-5 * tolerances[0], loss_size)) continue;
    ASSERT_EQ(found != accepted.end(), loss < tolerances[0]) << name << " draw " << expected.index;
    if (found == accepted.end()) continue;
    const AcceptedDraw& draw = *found->second;
    ASSERT_EQ(draw.Y.size(), expected.Y.size()) << name;
    for (std::size_t e = 0; e < expected.Y.size(); ++e) ASSERT_NEAR(draw.Y[e], expected.Y[e], size) << name;
    ASSERT_NEAR(draw.train_loss, loss, loss_size) << name;
    ASSERT_NEAR(draw.gen_loss, expected.gen_loss,
                2 * size * std::sqrt(static_cast<double>(expected.gen_loss)) + size * size)
        << name;
  }
  if (all.prior.count > 0 && all.prior.saturated == 0) {
    const double expected = all.prior.loss.value(kLossBits);
    EXPECT_NEAR(got.prior.loss.value(kLossBits), expected, 2e-5 * expected) << name;
  }
}

}  // namespace gnc
