#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include "host/problem/random_problem.hpp"
#include "host/splitting/populations.hpp"
#include "host/splitting/splitting_statistics.hpp"
#include "tests/splitting/populations.hpp"

namespace gnc {

/// Particles to be judged, as of Engine::particles.
using MakeParticles = std::function<std::unique_ptr<ParticleStore>(
    const PreparedCell& cell, std::uint32_t populations, std::uint64_t count)>;

struct ParticleCase {
  const char* name;
  Config config;
  Point point;
};

/// Both shapes of a device's kernels, every activation and prior, layers that begin within a block of four
/// numbers.
inline std::vector<ParticleCase> particle_cases() {
  Config config;
  config.seed = 9;
  Config unif = config;
  unif.gnc_init = Prior::Unif;
  unif.activation = Activation::Tanh;
  Config leaky = config;
  leaky.activation = Activation::LeakyRelu;
  leaky.negative_slope = 0.1;
  leaky.gnc_normalize = true;
  Config other = config;
  other.n_rows = 3;
  other.n_cols = 7;
  other.num_measurements = 9;
  return {{"published", config, {5, 2, 0, 0}},  {"one layer", config, {5, 1, 0, 0}},
          {"wide", config, {44, 2, 0, 0}},      {"wide, Tanh", unif, {36, 2, 0, 0}},
          {"tiled", leaky, {12, 4, 0, 0}},      {"tiled, Tanh", unif, {20, 3, 0, 0}},
          {"ten", leaky, {10, 3, 0, 0}},        {"wide, in one tile", unif, {35, 2, 0, 0}},
          {"wide, odd", leaky, {43, 2, 0, 0}},  {"deep", unif, {5, 4, 0, 0}},
          {"deep, leaky", leaky, {7, 3, 0, 0}}, {"another shape", other, {6, 3, 0, 0}}};
}

inline PreparedCell prepared(const ParticleCase& c) {
  return {c.config, c.point, 0, random_problem(c.config, 0)};
}

/// Populations `numbers` of the cell whose particles `make` makes.
inline Populations side_by_side(const MakeParticles& make, const PreparedCell& cell,
                                const std::vector<std::uint64_t>& numbers, SplittingSettings settings,
                                const std::vector<double>& points) {
  return {cell.view(), numbers, settings, points,
          make(cell, static_cast<std::uint32_t>(numbers.size()), settings.particles)};
}

inline void expect_same(const Population& a, const Population& b) {
  EXPECT_EQ(a.finished(), b.finished());
  EXPECT_EQ(a.levels(), b.levels());
  EXPECT_EQ(a.passes(), b.passes());
  EXPECT_EQ(a.prior(), b.prior());
  EXPECT_EQ(a.log_rate(), b.log_rate());
  ASSERT_EQ(a.curve().size(), b.curve().size());
  for (std::size_t i = 0; i < a.curve().size(); ++i) {
    EXPECT_EQ(a.curve()[i].log_rate, b.curve()[i].log_rate);
    EXPECT_EQ(a.curve()[i].gen, b.curve()[i].gen);
    EXPECT_EQ(a.curve()[i].below, b.curve()[i].below);
    EXPECT_EQ(a.curve()[i].gen_losses, b.curve()[i].gen_losses);
  }
}

/// Drawn particles and their losses are the CPU's to 1e-5.
inline void expect_particles_drawn_as_on_the_cpu(const ParticleCase& c, const MakeParticles& make) {
  SCOPED_TRACE(c.name);
  const PreparedCell cell = prepared(c);
  constexpr std::uint64_t kCount = 101;
  CpuParticles cpu(cell.view(), 2, kCount);
  const std::unique_ptr<ParticleStore> made = make(cell, 2, kCount);
  ParticleStore& device = *made;
  const std::vector<ParticleDraw> draws{{0, {1, 2}, 0}, {1, {3, 4}, 5}};
  cpu.draw(draws);
  device.draw(draws);
  const auto n =
      static_cast<std::size_t>(n_weights(c.config.n_rows, c.config.n_cols, c.point.width, c.point.depth));
  for (const std::uint32_t population : {0u, 1u}) {
    std::vector<float> losses(kCount), cpu_losses(kCount), weights(kCount * n), cpu_weights(kCount * n);
    cpu.read_losses(population, cpu_losses);
    device.read_losses(population, losses);
    cpu.read_weights(population, 0, cpu_weights);
    device.read_weights(population, 0, weights);
    for (std::size_t i = 0; i < weights.size(); ++i) ASSERT_NEAR(weights[i], cpu_weights[i], 1e-5) << i;
    for (std::size_t p = 0; p < kCount; ++p) {
      EXPECT_NEAR(losses[p], cpu_losses[p], 1e-5 * (0.01 + cpu_losses[p])) << p;
    }
  }
}

/// The same particles on both: moves end in the same places, but for a loss within rounding of the level.
inline void expect_particles_moved_as_on_the_cpu(const ParticleCase& c, const MakeParticles& make) {
  SCOPED_TRACE(c.name);
  const PreparedCell cell = prepared(c);
  constexpr std::uint64_t kCount = 333;
  const auto n =
      static_cast<std::size_t>(n_weights(c.config.n_rows, c.config.n_cols, c.point.width, c.point.depth));
  CpuParticles cpu(cell.view(), 3, kCount);
  const std::unique_ptr<ParticleStore> made = make(cell, 3, kCount);
  ParticleStore& device = *made;
  cpu.draw(std::vector<ParticleDraw>{{0, {1, 2}, 0}, {1, {3, 4}, 0}, {2, {5, 6}, 0}});
  const auto copy_over = [&] {
    for (const std::uint32_t population : {0u, 1u, 2u}) {
      std::vector<float> losses(kCount), weights(kCount * n);
      cpu.read_losses(population, losses);
      cpu.read_weights(population, 0, weights);
      device.write_losses(population, losses);
      device.write_weights(population, 0, weights);
    }
  };
  const auto expect_equal = [&](float tolerance) {
    std::size_t apart = 0;
    for (const std::uint32_t population : {0u, 1u, 2u}) {
      std::vector<float> weights(kCount * n), cpu_weights(kCount * n);
      cpu.read_weights(population, 0, cpu_weights);
      device.read_weights(population, 0, weights);
      for (std::size_t p = 0; p < kCount; ++p) {
        bool same = true;
        for (std::size_t w = 0; w < n; ++w) {
          same = same && std::abs(weights[p * n + w] - cpu_weights[p * n + w]) <= tolerance;
        }
        apart += same ? 0 : 1;
      }
    }
    EXPECT_LE(apart, tolerance == 0.0f ? 0u : 1u);
  };
  copy_over();
  // Populations 0 and 2 alone, as if 1 had finished.
  const std::vector<std::uint32_t> both{0, 2};
  const std::vector<LossOrder> order = cpu.order_losses(both), device_order = device.order_losses(both);
  for (std::size_t j = 0; j < 2; ++j) {
    EXPECT_EQ(order[j].least, device_order[j].least);
    EXPECT_EQ(order[j].middle, device_order[j].middle);
    EXPECT_EQ(order[j].next, device_order[j].next);
  }
  const std::vector<ParticlesBelow> below{{0, order[0].middle}, {2, order[1].middle * 1.3}};
  const std::vector<std::uint64_t> survivors = cpu.count_below(below);
  ASSERT_EQ(device.count_below(below), survivors);
  const std::vector<ParticleRefill> refills{{0, survivors[0], survivors[0] / 3}, {2, survivors[1], 0}};
  cpu.refill(refills);
  device.refill(refills);
  expect_equal(0.0f);

  const bool gauss = c.config.gnc_init == Prior::Gauss;
  for (int layer = 1; layer <= c.point.depth; ++layer) {
    const std::int64_t begin = layer_offset(c.config.n_rows, c.point.width, layer);
    const std::int64_t end = layer == c.point.depth ? static_cast<std::int64_t>(n)
                                                    : layer_offset(c.config.n_rows, c.point.width, layer + 1);
    const ParticleMove move{gauss ? 0.96f : 0.0f, 0.28f, begin, end};
    const auto step = static_cast<std::uint32_t>(layer);
    const std::vector<LayerMove> moves{{0, {1, 2}, step, move, below[0].level},
                                       {2, {5, 6}, step + 7, move, below[1].level}};
    const auto accepted = cpu.move(moves), device_accepted = device.move(moves);
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(static_cast<double>(accepted[j]), static_cast<double>(device_accepted[j]), 1.0);
      EXPECT_GT(accepted[j], 10u);
    }
    expect_equal(1e-5f);
  }

  copy_over();
  cpu.generalize(both);
  device.generalize(both);
  const std::vector<LossSums> sums = cpu.generalization(both), device_sums = device.generalization(both);
  const std::vector<ParticlesBelow> half{{0, below[0].level * 0.5}, {2, below[1].level}};
  const auto below_sums = cpu.generalization_below(half), device_below = device.generalization_below(half);
  std::vector<GeneralizationRank> ranks;
  for (std::size_t j = 0; j < 2; ++j) {
    EXPECT_EQ(sums[j].count, device_sums[j].count);
    EXPECT_NEAR(sums[j].loss.value(kLossBits), device_sums[j].loss.value(kLossBits),
                1e-5 * sums[j].loss.value(kLossBits));
    ASSERT_EQ(below_sums[j].count, device_below[j].count);
    ASSERT_GT(below_sums[j].count, 0u);
    EXPECT_NEAR(below_sums[j].sum, device_below[j].sum, 1e-5 * below_sums[j].sum);
    for (const std::uint64_t rank : Population::ranks(below_sums[j].count)) {
      ranks.push_back({half[j].population, rank});
    }
  }
  const std::vector<float> at = cpu.generalization_at(ranks), device_at = device.generalization_at(ranks);
  for (std::size_t i = 0; i < at.size(); ++i) EXPECT_NEAR(at[i], device_at[i], 1e-5 * at[i] + 1e-7);
}

/// Populations side by side end with the bits of each alone.
inline void expect_side_by_side_as_alone(const ParticleCase& c, SplittingSettings settings,
                                         const MakeParticles& make) {
  SCOPED_TRACE(c.name);
  const PreparedCell cell = prepared(c);
  const std::vector<double> points{0.1, 0.05};
  const std::vector<std::uint64_t> numbers{2, 3, 7};
  Populations together = side_by_side(make, cell, numbers, settings, points);
  while (!together.finished()) together.advance();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Populations alone = side_by_side(make, cell, {numbers[i]}, settings, points);
    while (!alone.finished()) alone.advance();
    expect_same(together[i], alone[0]);
  }
}

/// Populations that go through their states at every level end with the same bits.
inline void expect_same_bits_through_states(const ParticleCase& c, SplittingSettings settings,
                                            const MakeParticles& make) {
  SCOPED_TRACE(c.name);
  const PreparedCell cell = prepared(c);
  const std::vector<double> points{0.03, 0.001};
  const std::vector<std::uint64_t> numbers{0, 1};
  Populations whole = side_by_side(make, cell, numbers, settings, points);
  Populations interrupted = side_by_side(make, cell, numbers, settings, points);
  int steps = 0;
  while (!whole.finished()) {
    Populations next = side_by_side(make, cell, numbers, settings, points);
    for (std::size_t i = 0; i < 2; ++i) next.restore(i, interrupted.state(i));
    next.advance();
    for (std::size_t i = 0; i < 2; ++i) interrupted.restore(i, next.state(i));
    whole.advance();
    ++steps;
    for (std::size_t i = 0; i < 2; ++i) {
      expect_same(whole[i], interrupted[i]);
      EXPECT_EQ(whole.state(i), interrupted.state(i)) << steps;
    }
  }
  EXPECT_GT(steps, 4);
}

/// A state says nothing of where its particles were.
inline void expect_to_go_on_from_the_cpus_state(const MakeParticles& make) {
  const PreparedCell cell = prepared(particle_cases()[0]);
  const SplittingSettings settings{700, 8};
  CpuPopulation cpu(cell, 4, settings, {0.02});
  for (int i = 0; i < 4; ++i) cpu.advance();
  Populations device = side_by_side(make, cell, {4}, settings, {0.02});
  device.restore(0, cpu.state());
  EXPECT_EQ(device.state(0), cpu.state());
  device.advance();
  cpu.advance();
  // The next level's median rests on moves of the same particles by the same numbers.
  EXPECT_NEAR(device[0].next_level(), cpu->next_level(), 1e-4 * cpu->next_level());
  EXPECT_EQ(device[0].levels(), cpu->levels());
}

/// Beyond the first levels a loss within rounding of a level sends both on different ways: their statistics
/// agree.
inline void expect_estimates_of_the_cpu(SplittingSettings settings, const MakeParticles& make) {
  const PreparedCell cell = prepared(particle_cases()[0]);
  const std::vector<double> points{0.1, 0.02, 1e-3};
  constexpr std::uint64_t kPopulations = 12;
  std::vector<std::uint64_t> numbers(kPopulations);
  std::iota(numbers.begin(), numbers.end(), 0);
  Populations device = side_by_side(make, cell, numbers, settings, points);
  while (!device.finished()) device.advance();
  const auto cpu = run_populations(cell, kPopulations, settings, points);
  for (std::size_t t = 0; t < points.size(); ++t) {
    std::vector<CurvePoint> of_device;
    for (std::size_t i = 0; i < device.size(); ++i) of_device.push_back(device[i].curve().at(t));
    const std::vector<CurvePoint> of_cpu = points_at(cpu, t);
    const SplittingEstimate a = splitting_estimate(of_device), b = splitting_estimate(of_cpu);
    ASSERT_TRUE(a.reached && b.reached) << points[t];
    EXPECT_LT(std::abs(std::log(a.rate / b.rate)),
              4 * std::hypot(log_rate_error(of_device), log_rate_error(of_cpu)))
        << points[t] << ": " << a.rate << " against the CPU's " << b.rate;
    EXPECT_LT(std::abs(*a.gen - *b.gen), 4 * std::hypot(*a.gen_se, *b.gen_se))
        << points[t] << ": " << *a.gen << " against the CPU's " << *b.gen;
  }
}

}  // namespace gnc
