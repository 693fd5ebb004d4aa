#include "kernels/cpu/cpu_particles.hpp"

#include <algorithm>

#include "kernels/cpu/splitting_kernel.hpp"

namespace gnc {
namespace {

std::uint64_t padded(std::uint64_t particles) {
  return (particles + kParticleBlock - 1) / kParticleBlock * kParticleBlock;
}

}  // namespace

CpuParticles::CpuParticles(const CellView& cell, std::uint32_t populations, std::uint64_t count)
    : cell_(cell),
      count_(count),
      n_weights_(n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth)),
      lanes_(particle_lanes()),
      populations_(populations) {}

void CpuParticles::allocate(Population& population) {
  const std::uint64_t count = padded(count_);
  const std::uint64_t n = count * static_cast<std::uint64_t>(n_weights_);
  Particles& particles = population.particles;
  particles = {population.weight_memory.reserve(n + kSpareWeights), population.loss_memory.reserve(count),
               count_};
  const std::uint64_t hidden = count * static_cast<std::uint64_t>(hidden_entries(cell_));
  if (hidden > 0 && (n + hidden) * sizeof(float) <= kPopulationBytes) {
    particles.hidden = population.hidden_memory.reserve(hidden);
  }
  // Lanes beyond the last particle are computed and never looked at.
  std::fill(particles.losses + count_, particles.losses + count, 0.0f);
  std::fill(particles.weights + (count - kParticleBlock) * static_cast<std::uint64_t>(n_weights_),
            particles.weights + n, 0.0f);
}

/// Place of the particle's first weight; the others follow at a distance of lanes_.
std::size_t CpuParticles::weight_at(std::uint64_t particle) const {
  const auto lanes = static_cast<std::uint64_t>(lanes_);
  return particle / lanes * lanes * static_cast<std::uint64_t>(n_weights_) + particle % lanes;
}

void CpuParticles::draw(std::span<const ParticleDraw> draws) {
  for (const ParticleDraw& draw : draws) {
    Population& population = populations_[draw.population];
    allocate(population);
    draw_particles(cell_, draw.key, draw.step, population.particles, scratch_);
  }
}

std::vector<LossOrder> CpuParticles::order_losses(std::span<const std::uint32_t> populations) {
  std::vector<LossOrder> orders;
  for (const std::uint32_t number : populations) {
    const float* const first = populations_[number].particles.losses;
    std::vector<float> losses(first, first + count_);
    const auto middle = losses.begin() + static_cast<std::ptrdiff_t>(losses.size() / 2);
    std::ranges::nth_element(losses, middle);
    LossOrder order{*std::min_element(losses.begin(), middle + 1), *middle};
    for (auto loss = middle; loss != losses.end(); ++loss) {
      if (*loss > order.middle && (order.next < 0.0f || *loss < order.next)) order.next = *loss;
    }
    orders.push_back(order);
  }
  return orders;
}

std::vector<std::uint64_t> CpuParticles::count_below(std::span<const ParticlesBelow> below) {
  std::vector<std::uint64_t> counts;
  for (const ParticlesBelow& asked : below) {
    Population& population = populations_[asked.population];
    population.survived.resize(count_);
    std::uint64_t count = 0;
    for (std::uint64_t p = 0; p < count_; ++p) {
      const bool survived = static_cast<double>(population.particles.losses[p]) < asked.level;
      population.survived[p] = survived;
      count += survived ? 1 : 0;
    }
    counts.push_back(count);
  }
  return counts;
}

void CpuParticles::refill(std::span<const ParticleRefill> refills) {
  for (const ParticleRefill& asked : refills) refill(populations_[asked.population], asked);
}

void CpuParticles::refill(Population& population, const ParticleRefill& refill) {
  Particles& particles = population.particles;
  particles.hidden_layer = 0;
  const std::uint64_t survivors = refill.survivors;
  const std::uint64_t dead = count_ - survivors;
  std::uint64_t slot = 0;
  std::uint64_t i = 0;  // number of the survivor
  for (std::uint64_t p = 0; p < count_; ++p) {
    if (!population.survived[p]) continue;
    std::uint64_t copies =
        ((i + 1) * dead + refill.rotation) / survivors - (i * dead + refill.rotation) / survivors;
    ++i;
    for (; copies > 0; --copies, ++slot) {
      while (population.survived[slot]) ++slot;
      particles.losses[slot] = particles.losses[p];
      const float* from = particles.weights + weight_at(p);
      float* to = particles.weights + weight_at(slot);
      for (std::int64_t w = 0; w < n_weights_; ++w) to[w * lanes_] = from[w * lanes_];
    }
  }
}

std::vector<std::uint64_t> CpuParticles::move(std::span<const LayerMove> moves) {
  std::vector<std::uint64_t> accepted;
  for (const LayerMove& asked : moves) {
    accepted.push_back(move_particles(cell_, asked.key, asked.step, asked.move, asked.level,
                                      populations_[asked.population].particles, scratch_));
  }
  return accepted;
}

void CpuParticles::generalize(std::span<const std::uint32_t> populations) {
  for (const std::uint32_t number : populations) {
    Population& population = populations_[number];
    population.gen_losses = population.gen_memory.reserve(padded(count_));
    generalization_losses(cell_, population.particles, population.gen_losses, scratch_);
  }
}

std::vector<LossSums> CpuParticles::generalization(std::span<const std::uint32_t> populations) {
  std::vector<LossSums> all;
  for (const std::uint32_t number : populations) {
    LossSums sums;
    for (std::uint64_t p = 0; p < count_; ++p) sums.add(populations_[number].gen_losses[p]);
    all.push_back(sums);
  }
  return all;
}

std::vector<GeneralizationSum> CpuParticles::generalization_below(std::span<const ParticlesBelow> below) {
  std::vector<GeneralizationSum> sums;
  for (const ParticlesBelow& asked : below) {
    Population& population = populations_[asked.population];
    population.sorted_below.clear();
    GeneralizationSum sum;
    for (std::uint64_t p = 0; p < count_; ++p) {
      if (!(static_cast<double>(population.particles.losses[p]) < asked.level)) continue;
      population.sorted_below.push_back(population.gen_losses[p]);
      ++sum.count;
      sum.sum += static_cast<double>(population.gen_losses[p]);
    }
    std::ranges::sort(population.sorted_below);
    sums.push_back(sum);
  }
  return sums;
}

std::vector<float> CpuParticles::generalization_at(std::span<const GeneralizationRank> ranks) {
  std::vector<float> values;
  for (const GeneralizationRank& asked : ranks) {
    values.push_back(populations_[asked.population].sorted_below.at(asked.rank));
  }
  return values;
}

void CpuParticles::read_losses(std::uint32_t population, std::span<float> losses) {
  std::copy_n(populations_[population].particles.losses, losses.size(), losses.begin());
}

void CpuParticles::read_weights(std::uint32_t population, std::uint64_t first, std::span<float> weights) {
  for (auto to = weights.begin(); to != weights.end(); ++first) {
    const float* of_particle = populations_[population].particles.weights + weight_at(first);
    for (std::int64_t w = 0; w < n_weights_; ++w) *to++ = of_particle[w * lanes_];
  }
}

void CpuParticles::write_losses(std::uint32_t population, std::span<const float> losses) {
  Population& to = populations_[population];
  if (to.particles.weights == nullptr) allocate(to);
  std::ranges::copy(losses, to.particles.losses);
}

void CpuParticles::write_weights(std::uint32_t population, std::uint64_t first,
                                 std::span<const float> weights) {
  Population& to = populations_[population];
  if (to.particles.weights == nullptr) allocate(to);
  to.particles.hidden_layer = 0;
  for (auto from = weights.begin(); from != weights.end(); ++first) {
    float* of_particle = to.particles.weights + weight_at(first);
    for (std::int64_t w = 0; w < n_weights_; ++w) of_particle[w * lanes_] = *from++;
  }
}

}  // namespace gnc
