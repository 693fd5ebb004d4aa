#pragma once

#include <cstdint>
#include <span>

#include "kernels/cell_view.hpp"
#include "kernels/cpu/scratch_memory.hpp"
#include "kernels/particles.hpp"
#include "kernels/philox_key.hpp"

namespace gnc {

// Particle p of step s takes its numbers from sample (s << 32) + p of stream `Splitting` of `key`; no result
// depends on the SIMD target's number of lanes.

/// Particles whose weights lie side by side: the lanes of the SIMD target that is in use.
int particle_lanes();

/// Draws all particles from the prior and evaluates their train losses. No hidden layer is kept of them.
void draw_particles(const CellView& cell, PhiloxKey key, std::uint32_t step, Particles& particles,
                    ScratchMemory& memory);

/// Hidden entries of a particle where moves keep them, 0 where that saves nothing.
std::int64_t hidden_entries(const CellView& cell);

/// Moves each particle once; the move, of whole layers, is accepted where the train loss there is below
/// `level`. Returns the number of accepted moves.
std::uint64_t move_particles(const CellView& cell, PhiloxKey key, std::uint32_t step,
                             const ParticleMove& move, double level, Particles& particles,
                             ScratchMemory& memory);

/// Generalization loss of each particle; `to` has room for whole blocks of kParticleBlock, aligned for every
/// SIMD target.
void generalization_losses(const CellView& cell, const Particles& particles, float* to,
                           ScratchMemory& memory);

}  // namespace gnc
