#pragma once

#include "host/engine/engine.hpp"
#include "kernels/cpu/draw_kernel.hpp"

namespace gnc {

/// Engine "cpu": one core, on the widest SIMD lanes this machine has.
class CpuEngine final : public Engine {
 public:
  std::string name() const override { return "cpu"; }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override;
  std::unique_ptr<ParticleStore> particles(const PreparedCell& cell, std::uint32_t populations,
                                           std::uint64_t count) override;

 private:
  ScratchMemory memory_;
};

}  // namespace gnc
