#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/splitting/population.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// Some populations of one cell that go their ways side by side, each as it would alone.
class Populations {
 public:
  /// Populations `numbers`, ascending, of `cell`. `store` is of as many populations and of the settings'
  /// particles. See Population.
  Populations(const CellView& cell, std::span<const std::uint64_t> numbers, SplittingSettings settings,
              const std::vector<double>& eps_points, std::unique_ptr<ParticleStore> store);

  std::size_t size() const { return populations_.size(); }
  const Population& operator[](std::size_t i) const { return populations_[i]; }
  bool finished() const;

  /// Each one that is not finished, the first time: draws its particles from the prior. After that: one level
  /// further. May throw what the store throws; the object is then good for nothing but `restore`.
  void advance();

  /// Everything that population i needs to go on, the same bytes on every machine.
  std::vector<std::byte> state(std::size_t i) const;

  /// Goes on with population i from a state of the same cell, population, settings and points. Throws
  /// std::invalid_argument for bytes that are not such a state; the population is then unchanged.
  void restore(std::size_t i, std::span<const std::byte> state);

 private:
  std::vector<std::uint32_t> under_way() const;
  void draw(std::span<const std::uint32_t> numbers);
  void descend(std::span<const std::uint32_t> numbers);
  std::vector<std::uint64_t> count_survivors(std::span<const std::uint32_t> numbers);
  void move_below(std::span<const std::uint32_t> numbers, std::span<const std::uint64_t> survivors);
  void answer_points(std::span<const std::uint32_t> numbers);
  bool answer_next(std::span<const std::uint32_t> numbers);
  std::uint64_t particles_at_once() const;

  std::size_t n_weights_;
  std::vector<Population> populations_;
  std::unique_ptr<ParticleStore> store_;
};

}  // namespace gnc
