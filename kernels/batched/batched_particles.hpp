#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "kernels/batched/cell_on_device.hpp"
#include "kernels/batched/particle_jobs.hpp"
#include "kernels/batched/particle_shapes.hpp"
#include "kernels/level_bounds.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// Slots of a population of `count` particles.
constexpr std::uint64_t particle_slots(std::uint64_t count) {
  return (count + kDeviceBlock - 1) / kDeviceBlock * kDeviceBlock;
}

/// Bytes that a population takes of a device's memory.
constexpr std::uint64_t particle_bytes(std::uint64_t weights, std::uint64_t count) {
  // Weights, both losses, both lists; keys, their sorted ones and what the sorting takes itself.
  return particle_slots(count) * (4 * weights + 4 * 4 + 4 * 8);
}

/// Slots of all populations of a store, at most: the launches' indices and CUB's counts are of 32 bits.
constexpr std::uint64_t kMostParticleSlots = std::uint64_t{1} << 30;

/// Particles in the memory of a backend's device, those of all populations asked for moved by one launch:
/// engine "cuda-fused" on a CUDA backend, for cells that particles_taken.
template <class Backend>
class BatchedParticles final : public ParticleStore {
 public:
  /// Throws std::invalid_argument for a cell that no shape takes or for too many particles. `cell` must stay
  /// valid as long as this object.
  BatchedParticles(const CellView& cell, std::uint32_t populations, std::uint64_t count)
      : cell_(cell),
        n_weights_(static_cast<std::size_t>(n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth))),
        populations_(populations),
        count_(count) {
    if (!particles_taken(cell)) throw std::invalid_argument("BatchedParticles: no shape for this cell");
    if (populations * particle_slots(count) > kMostParticleSlots) {
      throw std::invalid_argument("BatchedParticles: too many particles");
    }
  }
  ~BatchedParticles() override { queue_.drain(); }

  void draw(std::span<const ParticleDraw> draws) override {
    allocate();
    begin();
    for (const ParticleDraw& draw : draws)
      jobs_.push_back({draw.population, draw.key, draw.step, {}, 0.0f, 0.0f});
    upload_jobs();
    with_prior(cell_.prior, [&]<Prior kPrior>() {
      queue_.for_each(indices(), DrawParticles<kPrior>{particles(), memory_->jobs.get()},
                      "drawing particles");
    });
    with_shape([&]<class Shape, Activation kActivation>(const typename Shape::Cell& cell) {
      queue_.for_each(indices(),
                      EvaluateParticles<Shape, kActivation>{cell, particles(), memory_->jobs.get()},
                      "evaluating particles");
    });
  }

  std::vector<LossOrder> order_losses(std::span<const std::uint32_t> populations) override {
    name(populations);
    queue_.for_each(indices(), TrainLossKeys{particles(), memory_->jobs.get(), memory_->keys.get()},
                    "ordering train losses");
    sort_keys();
    queue_.for_each(n_jobs(), ReadLossOrder{particles(), memory_->sorted.get(), memory_->orders.get()},
                    "ordering train losses");
    return downloaded(memory_->orders, n_jobs());
  }

  std::vector<std::uint64_t> count_below(std::span<const ParticlesBelow> below) override {
    name_below(below);
    queue_.select(indices(), IsBelow<true>{particles(), memory_->jobs.get()}, memory_->survivors.get(),
                  memory_->n_survivors);
    queue_.for_each(
        n_jobs(),
        FindJobs{stride(), memory_->survivors.get(), memory_->n_survivors.target(), memory_->begins.get()},
        "counting survivors");
    begins_ = downloaded(memory_->begins, n_jobs());
    begins_.push_back(memory_->n_survivors.get());
    std::vector<std::uint64_t> counts;
    for (std::size_t j = 0; j < below.size(); ++j) counts.push_back(begins_[j + 1] - begins_[j]);
    return counts;
  }

  void refill(std::span<const ParticleRefill> refills) override {
    // Jobs, levels and survivors are those of count_below.
    refills_.clear();
    std::uint64_t n_dead = 0;
    for (std::size_t j = 0; j < refills.size(); ++j) {
      const std::uint64_t dead = count_ - refills[j].survivors;
      refills_.push_back(
          {refills[j].survivors, refills[j].rotation, dead, begins_[j], static_cast<std::uint32_t>(n_dead)});
      n_dead += dead;
    }
    if (n_dead == 0) return;
    queue_.select(indices(), IsBelow<false>{particles(), memory_->jobs.get()}, memory_->dead.get(),
                  memory_->n_dead);
    queue_.upload(refills_.data(), refills_.size(), memory_->refills);
    const std::uint64_t slices = (n_weights_ + CopySurvivors::slice - 1) / CopySurvivors::slice;
    // As many slices at once as a launch's indices can tell apart.
    const std::uint64_t at_once = std::max<std::uint64_t>(1, kMostParticleSlots / n_dead);
    for (std::uint64_t first = 0; first < slices; first += at_once) {
      const std::uint64_t end = std::min(slices, first + at_once);
      queue_.for_each(
          static_cast<std::uint32_t>((end - first) * n_dead),
          CopySurvivors{particles(), memory_->jobs.get(), memory_->refills.get(), memory_->survivors.get(),
                        memory_->dead.get(), static_cast<std::uint32_t>(n_dead),
                        static_cast<std::int64_t>(first) * CopySurvivors::slice},
          "copying survivors");
    }
    queue_.wait();
  }

  std::vector<std::uint64_t> move(std::span<const LayerMove> moves) override {
    begin();
    for (const LayerMove& move : moves) {
      jobs_.push_back({move.population, move.key, move.step, move.move, float_not_below(move.level),
                       residual_bound(move.level, cell_.n_train)});
    }
    upload_jobs();
    const std::vector<std::uint32_t> none(n_jobs());
    queue_.upload(none.data(), none.size(), memory_->begins);
    with_shape([&]<class Shape, Activation kActivation>(const typename Shape::Cell& cell) {
      with_prior(cell_.prior, [&]<Prior kPrior>() {
        queue_.for_each(indices(),
                        MoveParticles<Shape, kActivation, kPrior>{cell, particles(), memory_->jobs.get(),
                                                                  memory_->begins.get()},
                        "moving particles");
      });
    });
    const std::vector<std::uint32_t> accepted = downloaded(memory_->begins, n_jobs());
    return {accepted.begin(), accepted.end()};
  }

  void generalize(std::span<const std::uint32_t> populations) override {
    name(populations);
    with_shape([&]<class Shape, Activation kActivation>(const typename Shape::Cell& cell) {
      queue_.for_each(indices(),
                      GeneralizeParticles<Shape, kActivation>{cell, particles(), memory_->jobs.get()},
                      "evaluating generalization losses");
    });
  }

  std::vector<LossSums> generalization(std::span<const std::uint32_t> populations) override {
    name(populations);
    queue_.for_each(n_jobs() * n_parts(),
                    SumGeneralization{particles(), memory_->jobs.get(), n_parts(), memory_->loss_sums.get()},
                    "summing generalization losses");
    const std::vector<LossSums> parts = downloaded(memory_->loss_sums, n_jobs() * n_parts());
    std::vector<LossSums> sums(populations.size());
    for (std::size_t i = 0; i < parts.size(); ++i) sums[i / n_parts()].add(parts[i]);
    return sums;
  }

  std::vector<GeneralizationSum> generalization_below(std::span<const ParticlesBelow> below) override {
    name_below(below);
    queue_.for_each(
        n_jobs() * n_parts(),
        SumGeneralizationBelow{particles(), memory_->jobs.get(), n_parts(), memory_->gen_sums.get()},
        "summing generalization losses");
    queue_.for_each(indices(), GeneralizationKeys{particles(), memory_->jobs.get(), memory_->keys.get()},
                    "ordering generalization losses");
    sort_keys();
    const std::vector<GeneralizationSum> parts = downloaded(memory_->gen_sums, n_jobs() * n_parts());
    std::vector<GeneralizationSum> sums(below.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      sums[i / n_parts()].count += parts[i].count;
      sums[i / n_parts()].sum += parts[i].sum;
    }
    return sums;
  }

  std::vector<float> generalization_at(std::span<const GeneralizationRank> ranks) override {
    std::vector<RankedPlace> places;
    for (const GeneralizationRank& rank : ranks) {
      const auto job = std::ranges::find(jobs_, rank.population, &ParticleJob::population) - jobs_.begin();
      places.push_back({static_cast<std::uint32_t>(job), static_cast<std::uint32_t>(rank.rank)});
    }
    const typename Backend::template Buffer<RankedPlace> asked(places.size());
    const typename Backend::template Buffer<float> found(places.size());
    queue_.upload(places.data(), places.size(), asked);
    queue_.for_each(static_cast<std::uint32_t>(places.size()),
                    ReadRanked{memory_->sorted.get(), stride(), asked.get(), found.get()},
                    "reading quartiles");
    return downloaded(found, static_cast<std::uint32_t>(places.size()));
  }

  void read_losses(std::uint32_t population, std::span<float> losses) override {
    queue_.download(memory_->losses.get() + std::size_t{population} * stride(), losses.size(), losses.data());
    queue_.wait();
  }

  void read_weights(std::uint32_t population, std::uint64_t first, std::span<float> weights) override {
    const std::uint64_t slots = particle_slots(weights.size() / n_weights_);
    std::vector<float> blocks(slots * n_weights_);
    queue_.download(blocks_at(population, first), blocks.size(), blocks.data());
    queue_.wait();
    for_each_weight(weights.size(),
                    [&](std::size_t i, std::size_t in_blocks) { weights[i] = blocks[in_blocks]; });
  }

  void write_losses(std::uint32_t population, std::span<const float> losses) override {
    allocate();
    queue_.upload_to(losses.data(), losses.size(),
                     memory_->losses.get() + std::size_t{population} * stride());
    queue_.wait();
  }

  void write_weights(std::uint32_t population, std::uint64_t first, std::span<const float> weights) override {
    allocate();
    const std::uint64_t slots = particle_slots(weights.size() / n_weights_);
    std::vector<float> blocks(slots * n_weights_);
    for_each_weight(weights.size(),
                    [&](std::size_t i, std::size_t in_blocks) { blocks[in_blocks] = weights[i]; });
    queue_.upload_to(blocks.data(), blocks.size(), blocks_at(population, first));
    queue_.wait();
  }

 private:
  template <class T>
  using Buffer = typename Backend::template Buffer<T>;

  /// Everything on the device.
  struct Memory {
    Memory(const CellView& view, std::size_t populations, std::size_t slots, std::size_t n_weights,
           std::size_t parts)
        : cell(view),
          weights(populations * slots * n_weights),
          losses(populations * slots),
          gen_losses(populations * slots),
          keys(populations * slots),
          sorted(populations * slots),
          survivors(populations * slots),
          dead(populations * slots),
          jobs(populations),
          refills(populations),
          begins(populations),
          orders(populations),
          loss_sums(populations * parts),
          gen_sums(populations * parts) {}

    CellOnDevice<Backend> cell;
    Buffer<float> weights, losses, gen_losses;
    Buffer<std::uint64_t> keys, sorted;
    Buffer<std::uint32_t> survivors, dead;
    Buffer<ParticleJob> jobs;
    Buffer<RefillJob> refills;
    Buffer<std::uint32_t> begins;
    Buffer<LossOrder> orders;
    Buffer<LossSums> loss_sums;
    Buffer<GeneralizationSum> gen_sums;
    typename Backend::template Result<std::uint32_t> n_survivors, n_dead;
  };

  void allocate() {
    if (memory_) return;
    memory_.emplace(cell_, populations_, particle_slots(count_), n_weights_, n_parts());
    memory_->cell.upload(queue_, cell_);
  }

  DeviceParticles particles() const {
    return {memory_->weights.get(),
            memory_->losses.get(),
            memory_->gen_losses.get(),
            static_cast<std::int64_t>(n_weights_),
            stride(),
            static_cast<std::uint32_t>(count_)};
  }
  std::uint32_t stride() const { return static_cast<std::uint32_t>(particle_slots(count_)); }
  std::uint32_t n_jobs() const { return static_cast<std::uint32_t>(jobs_.size()); }
  std::uint32_t indices() const { return n_jobs() * stride(); }
  std::uint32_t n_parts() const {
    return static_cast<std::uint32_t>((count_ + kSummedAtOnce - 1) / kSummedAtOnce);
  }

  void begin() {
    queue_.wait();  // the last jobs may still be on their way
    jobs_.clear();
  }
  void upload_jobs() { queue_.upload(jobs_.data(), jobs_.size(), memory_->jobs); }
  void name(std::span<const std::uint32_t> populations) {
    begin();
    for (const std::uint32_t population : populations) jobs_.push_back({population, {}, 0, {}, 0.0f, 0.0f});
    upload_jobs();
  }
  void name_below(std::span<const ParticlesBelow> below) {
    begin();
    for (const ParticlesBelow& asked : below) {
      jobs_.push_back({asked.population, {}, 0, {}, float_not_below(asked.level), 0.0f});
    }
    upload_jobs();
  }

  void sort_keys() {
    queue_.sort(memory_->keys.get(), memory_->sorted.get(), indices(),
                32 + static_cast<int>(std::bit_width(n_jobs())));
  }

  template <class T>
  std::vector<T> downloaded(const Buffer<T>& from, std::uint32_t count) {
    std::vector<T> values(count);
    queue_.download(from.get(), count, values.data());
    queue_.wait();
    return values;
  }

  /// Calls with the shape, the activation, and the cell as a kernel gets it.
  template <class Call>
  void with_shape(const Call& call) {
    with_particle_shape(cell_, [&]<class Shape>() {
      with_activation(cell_.activation, [&]<Activation kActivation>() {
        call.template operator()<Shape, kActivation>(typename Shape::Cell(cell_, memory_->cell.view()));
      });
    });
  }

  float* blocks_at(std::uint32_t population, std::uint64_t first) const {
    return memory_->weights.get() + (std::size_t{population} * stride() + first) * n_weights_;
  }

  /// use(i, place in blocks) for `count` weights, one particle after the other.
  template <class Use>
  void for_each_weight(std::size_t count, const Use& use) const {
    for (std::size_t p = 0; p * n_weights_ < count; ++p) {
      const std::size_t block = p / kDeviceBlock * n_weights_ * kDeviceBlock + p % kDeviceBlock;
      for (std::size_t w = 0; w < n_weights_; ++w) use(p * n_weights_ + w, block + w * kDeviceBlock);
    }
  }

  const CellView& cell_;
  std::size_t n_weights_;
  std::uint32_t populations_;
  std::uint64_t count_;
  Backend queue_;
  std::optional<Memory> memory_;
  std::vector<ParticleJob> jobs_;      // of the last call, on their way to the device
  std::vector<RefillJob> refills_;     // the same
  std::vector<std::uint32_t> begins_;  // where each job's survivors begin in their list
};

}  // namespace gnc
