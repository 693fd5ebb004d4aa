#pragma once

#include <cstdint>
#include <memory>

#include "kernels/cell_view.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// BatchedParticles on the device that the host plays, HostBackend: compiled once for all tests.
std::unique_ptr<ParticleStore> host_particles(const CellView& cell, std::uint32_t populations,
                                              std::uint64_t count);

}  // namespace gnc
