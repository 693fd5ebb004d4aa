#include "tests/host_device/host_particles.hpp"

#include "kernels/batched/batched_particles.hpp"
#include "tests/batched/host_backend.hpp"

namespace gnc {

std::unique_ptr<ParticleStore> host_particles(const CellView& cell, std::uint32_t populations,
                                              std::uint64_t count) {
  return std::make_unique<BatchedParticles<HostBackend>>(cell, populations, count);
}

}  // namespace gnc
