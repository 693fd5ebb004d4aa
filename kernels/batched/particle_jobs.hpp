#pragma once

#include <cstdint>

#include "kernels/fixed_point.hpp"
#include "kernels/lane_scope.hpp"
#include "kernels/particle_store.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// Particles that lie side by side on a device: those of a warp.
constexpr int kDeviceBlock = 32;

/// The particles of several populations in a device's memory. A population's place is `stride` particles
/// long, a multiple of kDeviceBlock, of which the first `count` are its particles.
struct DeviceParticles {
  /// Weight i of the particle in slot s is entry [s / kDeviceBlock][i][s % kDeviceBlock].
  float* weights = nullptr;
  float* losses = nullptr;      ///< by slot
  float* gen_losses = nullptr;  ///< by slot
  std::int64_t n_weights = 0;
  std::uint32_t stride = 0;
  std::uint32_t count = 0;

  GNC_FN float* weights_of(std::uint32_t slot) const {
    return weights + static_cast<std::int64_t>(slot / kDeviceBlock) * n_weights * kDeviceBlock +
           slot % kDeviceBlock;
  }
};

// A call asks for one job each of some populations, side by side: index i of a launch is particle i % stride
// of job i / stride.

/// What a launch does with one population.
struct ParticleJob {
  std::uint32_t population = 0;
  PhiloxKey key;
  std::uint32_t step = 0;
  ParticleMove move;
  float level = 0.0f;  ///< train losses below
  float bound = 0.0f;  ///< squared residuals from here on are not accepted
};

/// One index of a launch.
struct JobParticle {
  std::uint32_t job;
  std::uint32_t particle;

  GNC_FN JobParticle(const DeviceParticles& particles, std::uint32_t index)
      : job(index / particles.stride), particle(index % particles.stride) {}
  GNC_FN bool exists(const DeviceParticles& particles) const { return particle < particles.count; }
  GNC_FN std::uint32_t slot(const DeviceParticles& particles, const ParticleJob* jobs) const {
    return jobs[job].population * particles.stride + particle;
  }
};

/// Key by which particles are sorted: jobs in order, within each by the loss, what is left out last. Losses
/// are at least 0, so that their bits have their order.
GNC_FN std::uint64_t sort_key(std::uint32_t job, bool counts, float loss) {
  constexpr std::uint32_t kLast = 0xffffffffu;
  const std::uint32_t bits = counts ? plain::ScalarLanes::as_word(loss) : kLast;
  return static_cast<std::uint64_t>(job) << 32 | bits;
}

/// Keys of the train losses.
struct TrainLossKeys {
  DeviceParticles particles;
  const ParticleJob* jobs;
  std::uint64_t* keys;

  GNC_FN void operator()(std::uint32_t i) const {
    const JobParticle at(particles, i);
    const bool exists = at.exists(particles);
    keys[i] = sort_key(at.job, exists, exists ? particles.losses[at.slot(particles, jobs)] : 0.0f);
  }
};

/// Keys of the generalization losses of the particles below each job's level.
struct GeneralizationKeys {
  DeviceParticles particles;
  const ParticleJob* jobs;
  std::uint64_t* keys;

  GNC_FN void operator()(std::uint32_t i) const {
    const JobParticle at(particles, i);
    bool below = false;
    float gen_loss = 0.0f;
    if (at.exists(particles)) {
      const std::uint32_t slot = at.slot(particles, jobs);
      below = particles.losses[slot] < jobs[at.job].level;
      gen_loss = particles.gen_losses[slot];
    }
    keys[i] = sort_key(at.job, below, gen_loss);
  }
};

/// A job's order statistics, a job per index.
struct ReadLossOrder {
  DeviceParticles particles;
  const std::uint64_t* sorted;
  LossOrder* to;

  GNC_FN float loss(std::uint64_t at) const {
    return plain::ScalarLanes::as_real(static_cast<std::uint32_t>(sorted[at]));
  }
  GNC_FN void operator()(std::uint32_t job) const {
    const std::uint64_t first = static_cast<std::uint64_t>(job) * particles.stride;
    const std::uint64_t end = first + particles.count;
    std::uint64_t low = first + particles.count / 2;
    const float middle = loss(low);
    // The first one above the middle.
    std::uint64_t high = end;
    while (low < high) {
      const std::uint64_t between = low + (high - low) / 2;
      if (loss(between) > middle) {
        high = between;
      } else {
        low = between + 1;
      }
    }
    to[job] = {loss(first), middle, low < end ? loss(low) : -1.0f};
  }
};

/// One generalization loss by its rank.
struct RankedPlace {
  std::uint32_t job;
  std::uint32_t rank;
};
struct ReadRanked {
  const std::uint64_t* sorted;
  std::uint32_t stride;
  const RankedPlace* places;
  float* to;

  GNC_FN void operator()(std::uint32_t i) const {
    const std::uint64_t at = static_cast<std::uint64_t>(places[i].job) * stride + places[i].rank;
    to[i] = plain::ScalarLanes::as_real(static_cast<std::uint32_t>(sorted[at]));
  }
};

/// Whether a particle of a launch is below its job's level, or (`kAlive` false) not.
template <bool kAlive>
struct IsBelow {
  DeviceParticles particles;
  const ParticleJob* jobs;

  GNC_FN bool operator()(std::uint32_t i) const {
    const JobParticle at(particles, i);
    if (!at.exists(particles)) return false;
    return (particles.losses[at.slot(particles, jobs)] < jobs[at.job].level) == kAlive;
  }
};

/// Where each job's indices begin in an ascending list of them.
struct FindJobs {
  std::uint32_t stride;
  const std::uint32_t* list;
  const std::uint32_t* length;
  std::uint32_t* begins;

  GNC_FN void operator()(std::uint32_t job) const {
    std::uint32_t low = 0;
    std::uint32_t high = *length;
    while (low < high) {
      const std::uint32_t between = low + (high - low) / 2;
      if (list[between] < job * stride) {
        low = between + 1;
      } else {
        high = between;
      }
    }
    begins[job] = low;
  }
};

/// How the particles not below a job's level are replaced; see ParticleRefill.
struct RefillJob {
  std::uint64_t survivors;
  std::uint64_t rotation;
  std::uint64_t dead;
  std::uint32_t first_survivor;  ///< in the list of survivors
  std::uint32_t first_dead;      ///< in the list of the others
};

/// Copies weights of survivors, `slice` of them per index: index i is of entry i % n_dead of the list of the
/// dead.
struct CopySurvivors {
  static constexpr std::int64_t slice = 64;

  DeviceParticles particles;
  const ParticleJob* jobs;
  const RefillJob* refills;
  const std::uint32_t* survivors;  ///< indices of the launch, ascending
  const std::uint32_t* dead;
  std::uint32_t n_dead;
  std::int64_t first_weight;  ///< of the first slice

  GNC_FN void operator()(std::uint32_t i) const {
    const std::uint32_t entry = i % n_dead;
    const JobParticle to(particles, dead[entry]);
    const RefillJob& job = refills[to.job];
    // The survivor whose copies this dead one is among: the first with ((s + 1) dead + rotation) / survivors
    // beyond the dead one's number.
    const std::uint64_t number = entry - job.first_dead;
    const std::uint64_t upto = (number + 1) * job.survivors - job.rotation;
    const std::uint64_t survivor = (upto + job.dead - 1) / job.dead - 1;
    const JobParticle from(particles, survivors[job.first_survivor + survivor]);
    const std::uint32_t from_slot = from.slot(particles, jobs);
    const std::uint32_t to_slot = to.slot(particles, jobs);
    const std::int64_t begin = first_weight + static_cast<std::int64_t>(i / n_dead) * slice;
    const std::int64_t end = begin + slice < particles.n_weights ? begin + slice : particles.n_weights;
    const float* const read = particles.weights_of(from_slot);
    float* const write = particles.weights_of(to_slot);
    for (std::int64_t w = begin; w < end; ++w) write[w * kDeviceBlock] = read[w * kDeviceBlock];
    if (begin == 0) particles.losses[to_slot] = particles.losses[from_slot];
  }
};

/// Particles whose generalization losses one index adds up, in their order.
constexpr std::uint32_t kSummedAtOnce = 256;

/// Slots first .. end - 1: a part, from 0, of the particles of a job; it must have that part.
struct SummedSlots {
  std::uint32_t first;
  std::uint32_t end;

  GNC_FN SummedSlots(const DeviceParticles& particles, const ParticleJob& job, std::uint32_t part) {
    const std::uint32_t base = job.population * particles.stride;
    const std::uint32_t begin = part * kSummedAtOnce;
    const std::uint32_t left = particles.count - begin;
    first = base + begin;
    end = first + (left < kSummedAtOnce ? left : kSummedAtOnce);
  }
};

/// Sums of part i % n_parts of job i / n_parts.
struct SumGeneralization {
  DeviceParticles particles;
  const ParticleJob* jobs;
  std::uint32_t n_parts;
  LossSums* to;

  GNC_FN void operator()(std::uint32_t i) const {
    const SummedSlots slots(particles, jobs[i / n_parts], i % n_parts);
    LossSums sums;
    for (std::uint32_t slot = slots.first; slot < slots.end; ++slot) sums.add(particles.gen_losses[slot]);
    to[i] = sums;
  }
};

/// The same of the particles below each job's level.
struct SumGeneralizationBelow {
  DeviceParticles particles;
  const ParticleJob* jobs;
  std::uint32_t n_parts;
  GeneralizationSum* to;

  GNC_FN void operator()(std::uint32_t i) const {
    const ParticleJob& job = jobs[i / n_parts];
    const SummedSlots slots(particles, job, i % n_parts);
    GeneralizationSum sum;
    for (std::uint32_t slot = slots.first; slot < slots.end; ++slot) {
      if (!(particles.losses[slot] < job.level)) continue;
      ++sum.count;
      sum.sum += static_cast<double>(particles.gen_losses[slot]);
    }
    to[i] = sum;
  }
};

}  // namespace gnc
