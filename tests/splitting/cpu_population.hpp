#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/engine/prepared_cell.hpp"
#include "host/splitting/populations.hpp"
#include "kernels/cpu/cpu_particles.hpp"

namespace gnc {

/// One population whose particles are on the CPU.
class CpuPopulation {
 public:
  CpuPopulation(const PreparedCell& cell, std::uint64_t population, SplittingSettings settings,
                const std::vector<double>& eps_points)
      : alone_(cell.view(), std::span(&population, 1), settings, eps_points,
               std::make_unique<CpuParticles>(cell.view(), 1, settings.particles)) {}

  void advance() { alone_.advance(); }
  const Population& operator*() const { return alone_[0]; }
  const Population* operator->() const { return &alone_[0]; }
  std::vector<std::byte> state() const { return alone_.state(0); }
  void restore(std::span<const std::byte> state) { alone_.restore(0, state); }

 private:
  Populations alone_;
};

}  // namespace gnc
