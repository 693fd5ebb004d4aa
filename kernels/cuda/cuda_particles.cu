#include <algorithm>

#include "kernels/batched/batched_particles.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/cuda_particles.hpp"

namespace gnc {

std::unique_ptr<ParticleStore> cuda_particles(const CellView& cell, std::uint32_t populations,
                                              std::uint64_t count) {
  return std::make_unique<BatchedParticles<CudaBackend>>(cell, populations, count);
}

bool cuda_takes_particles(const CellView& cell) { return particles_taken(cell); }

std::uint64_t cuda_populations_that_fit(const CellView& cell, std::uint64_t count) {
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "asking for the free device memory");
  const auto weights =
      static_cast<std::uint64_t>(n_weights(cell.n_rows, cell.n_cols, cell.width, cell.depth));
  return std::min(free / 5 * 2 / particle_bytes(weights, count), kMostParticleSlots / particle_slots(count));
}

KernelUse cuda_particles_use(const CellView& cell) {
  KernelUse use;
  with_particle_shape(cell, [&]<class Shape>() {
    with_activation(cell.activation, [&]<Activation kActivation>() {
      with_prior(cell.prior, [&]<Prior kPrior>() {
        use = CudaBackend::use_of<MoveParticles<Shape, kActivation, kPrior>>();
      });
    });
  });
  return use;
}

}  // namespace gnc
