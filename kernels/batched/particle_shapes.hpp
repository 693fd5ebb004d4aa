#pragma once

#include <cstdint>

#include "kernels/atomic_add.hpp"
#include "kernels/batched/particle_jobs.hpp"
#include "kernels/cell_view.hpp"
#include "kernels/fused/fused_cell.hpp"
#include "kernels/fused/fused_shapes.hpp"
#include "kernels/fused/weight_reader.hpp"
#include "kernels/losses.hpp"
#include "kernels/scalar_lanes.hpp"
#include "kernels/splitting.hpp"

namespace gnc {

// Shapes of networks whose particles are moved by one thread each, a weight being read as the product needs
// it. Each has
// - Cell: how a kernel gets the cell;
// - takes(cell): whether it is the cell's shape;
// - product<kActivation>(cell, source, Y): the end-to-end product, as `end_to_end` gives it, of the weights
//   that a source of a SourceWindow makes, which also has them in blocks of four; Y has `entries` places.

/// The networks of a fused shape.
template <class Fused>
struct FusedNetwork {
  static constexpr int entries = Fused::entries;
  using Cell = typename Fused::Cell;

  static bool takes(const CellView& cell) { return Fused::has_shape(cell) && Cell::has_room(cell); }

  template <Activation kActivation, class Source>
  static GNC_FN void product(const CellView& cell, const Source& source, float (&Y)[entries]) {
    BlockReader<Source> weights(source);
    Fused::template multiply_weights<kActivation>(cell, weights, Y);
  }
};

/// Networks up to these sizes in the thread's local memory. One hidden layer may be of any width, a part of
/// `kUnits` at a time.
template <int kRows, int kCols, int kUnits, class CellOfKernel>
struct LocalNetwork {
  static constexpr int entries = kRows * kCols;
  using Cell = CellOfKernel;

  static bool takes(const CellView& cell) {
    return cell.n_rows <= kRows && cell.n_cols <= kCols && (cell.depth <= 2 || cell.width <= kUnits) &&
           Cell::has_room(cell);
  }

  template <Activation kActivation, class Source>
  static GNC_FN void product(const CellView& cell, const Source& source, float (&Y)[entries]) {
    constexpr int kWindow = 64;
    float window[kWindow];
    float hidden[kRows * kUnits];
    float next_hidden[kRows * kUnits];
    DrawScratch scratch;
    scratch.window = window;
    scratch.window_entries = kWindow;
    scratch.hidden = hidden;
    scratch.next_hidden = next_hidden;
    scratch.hidden_tile = cell.width < kUnits ? cell.width : kUnits;
    scratch.Y = Y;
    const bool in_order = plain::hidden_units_at_once(cell, scratch) >= cell.width;
    plain::SourceWindow<plain::ScalarLanes, Source> weights(
        source, n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth), in_order, window, kWindow);
    plain::end_to_end<plain::ScalarLanes, kActivation>(cell, weights, scratch);
  }
};

/// Only the published experiments' 5 x 5, with the measurements where all threads read one value at once.
struct PublishedNetwork : LocalNetwork<5, 5, 40, CellByValue<5, 5>> {
  static bool takes(const CellView& cell) {
    return cell.n_rows == 5 && cell.n_cols == 5 && LocalNetwork::takes(cell);
  }
};
struct GeneralNetwork : LocalNetwork<16, 16, 64, CellByReference> {};

/// Calls with the first shape that takes the cell; whether there is one.
template <class Call>
bool with_particle_shape(const CellView& cell, const Call& call) {
  const auto with = [&]<class Shape>() {
    if (!Shape::takes(cell)) return false;
    call.template operator()<Shape>();
    return true;
  };
  return with.template operator()<FusedNetwork<HeldLayers<5, 5, 5>>>() ||
         with.template operator()<FusedNetwork<HeldLayers<5, 5, 10>>>() ||
         with.template operator()<FusedNetwork<StreamedLayer<5, 5>>>() ||
         // An H100 moves faster with half the tile that it draws with.
         with.template operator()<FusedNetwork<TiledLayers<5, 5, 8>>>() ||
         with.template operator()<PublishedNetwork>() || with.template operator()<GeneralNetwork>();
}

/// Whether a shape takes the particles of the cell.
inline bool particles_taken(const CellView& cell) {
  return with_particle_shape(cell, [&]<class Shape>() {});
}

/// Adds one to a counter of accepted moves; its value before is of no interest.
GNC_FN void count_move(std::uint32_t* counter) {
#ifdef __CUDA_ARCH__
  // One addition for the threads of a warp that count the same.
  const unsigned peers = __match_any_sync(__activemask(), reinterpret_cast<unsigned long long>(counter));
  if (static_cast<int>(threadIdx.x % 32) == __ffs(static_cast<int>(peers)) - 1) {
    atomic_add(counter, static_cast<std::uint32_t>(__popc(peers)));
  }
#else
  atomic_add(counter, 1u);
#endif
}

GNC_FN std::uint64_t particle_sample(std::uint32_t step, std::uint32_t particle) {
  return static_cast<std::uint64_t>(step) << 32 | particle;
}

/// Draws the weights of a particle per index; those of places without a particle, which are read with their
/// block, are 0.
template <Prior kPrior>
struct DrawParticles {
  DeviceParticles particles;
  const ParticleJob* jobs;

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const JobParticle at(particles, i);
    const bool exists = at.exists(particles);
    const ParticleJob& job = jobs[at.job];
    const plain::PhiloxSamples<L> samples(job.key, Stream::Splitting, particle_sample(job.step, at.particle));
    float* const to = particles.weights_of(at.slot(particles, jobs));
    for (std::int64_t first = 0; first < particles.n_weights; first += 4) {
      std::uint32_t words[4];
      float weights[4];
      samples.block(static_cast<std::uint32_t>(first / 4), words);
      plain::weights_of_block<L, kPrior>(words, weights);
      for (int w = 0; w < 4 && first + w < particles.n_weights; ++w) {
        to[(first + w) * kDeviceBlock] = exists ? weights[w] : 0.0f;
      }
    }
  }
};

/// End-to-end matrix Y of the particle in `slot`, before normalisation: Shape::entries numbers.
template <class Shape, Activation kActivation>
GNC_FN void product_of_particle(const CellView& cell, const DeviceParticles& particles, std::uint32_t slot,
                                float (&Y)[Shape::entries]) {
  const plain::StillWeights<plain::ScalarLanes, kDeviceBlock> weights{particles.n_weights,
                                                                      particles.weights_of(slot)};
  Shape::template product<kActivation>(cell, weights, Y);
}

/// Train loss of a particle per index, infinite where it is not a number.
template <class Shape, Activation kActivation>
struct EvaluateParticles {
  typename Shape::Cell cell;
  DeviceParticles particles;
  const ParticleJob* jobs;

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const JobParticle at(particles, i);
    if (!at.exists(particles)) return;
    const CellView view = cell.view();
    const std::uint32_t slot = at.slot(particles, jobs);
    float Y[Shape::entries];
    product_of_particle<Shape, kActivation>(view, particles, slot, Y);
    const float loss = plain::product_train_loss<L>(view, Y, HUGE_VALF);
    particles.losses[slot] = loss < HUGE_VALF ? loss : HUGE_VALF;
  }
};

/// Generalization loss of a particle per index.
template <class Shape, Activation kActivation>
struct GeneralizeParticles {
  typename Shape::Cell cell;
  DeviceParticles particles;
  const ParticleJob* jobs;

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const JobParticle at(particles, i);
    if (!at.exists(particles)) return;
    const CellView view = cell.view();
    const std::uint32_t slot = at.slot(particles, jobs);
    float Y[Shape::entries];
    product_of_particle<Shape, kActivation>(view, particles, slot, Y);
    particles.gen_losses[slot] = plain::generalization_loss<L>(view, Y, plain::output_factor<L>(view, Y));
  }
};

/// One move of a particle per index: proposed, multiplied, filtered, and kept where it is below the level.
/// What is kept is drawn once more: that costs less than to write and read every proposal.
template <class Shape, Activation kActivation, Prior kPrior>
struct MoveParticles {
  typename Shape::Cell cell;
  DeviceParticles particles;
  const ParticleJob* jobs;
  std::uint32_t* accepted;  ///< by job

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const JobParticle at(particles, i);
    if (!at.exists(particles)) return;
    const ParticleJob& job = jobs[at.job];
    const std::uint32_t slot = at.slot(particles, jobs);
    const CellView view = cell.view();
    const plain::PhiloxSamples<L> samples(job.key, Stream::Splitting, particle_sample(job.step, at.particle));
    float* const weights = particles.weights_of(slot);
    using Moved = plain::MovedWeights<L, kPrior, kDeviceBlock>;
    const Moved moved{samples, job.move, {particles.n_weights, weights}};
    float Y[Shape::entries];
    Shape::template product<kActivation>(view, moved, Y);
    const float loss = plain::product_train_loss<L>(view, Y, job.bound);
    if (!(loss < job.level)) return;
    particles.losses[slot] = loss;
    count_move(accepted + at.job);
    plain::accept_move<kPrior, kDeviceBlock>(moved, weights);
  }
};

}  // namespace gnc
