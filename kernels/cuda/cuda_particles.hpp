#pragma once

#include <cstdint>
#include <memory>

#include "kernels/cell_view.hpp"
#include "kernels/kernel_use.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// BatchedParticles on the current CUDA device, to be used by the thread that made it; `cell` must stay valid
/// as long. Every call may throw DeviceError. Throws std::invalid_argument for a cell that
/// cuda_takes_particles refuses.
std::unique_ptr<ParticleStore> cuda_particles(const CellView& cell, std::uint32_t populations,
                                              std::uint64_t count);

/// Whether there is a kernel for moves of the cell's particles.
bool cuda_takes_particles(const CellView& cell);

/// How many populations of `count` particles of the cell each of two stores may have, for which the current
/// device has memory beside what it holds. Throws DeviceError.
std::uint64_t cuda_populations_that_fit(const CellView& cell, std::uint64_t count);

/// What the kernel that moves the cell's particles takes of the current device. Throws DeviceError.
KernelUse cuda_particles_use(const CellView& cell);

}  // namespace gnc
