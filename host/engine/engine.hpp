#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "host/engine/draw_range.hpp"
#include "host/engine/prepared_cell.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/particle_store.hpp"

namespace gnc {

/// What one chunk amounts to; see DrawTally.
using ChunkResult = DrawTally;

/// Executes chunks. An engine serves one thread at a time; it knows nothing of files, sweeps or users.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  /// "cpu", "cuda-fused" or "cuda-gemm".
  virtual std::string name() const = 0;

  /// Draws `range` of `cell`. `tolerances`: accepted train losses, at least one, largest first. Accepted
  /// draws are kept while they are among the first `max_stored` of a tolerance, by index. Throws RunError
  /// when memory runs out.
  virtual ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                                const StoreLimits& max_stored) = 0;

  /// A chunk of fewer draws takes as long as one of so many. Of the last chunk's cell; known once one was
  /// drawn.
  virtual std::uint64_t batch_draws() const { return 1; }

  /// Particles of so many populations of `cell`, `count` of each, for estimator `splitting`. To be used by
  /// the engine's thread; `cell` must outlive them. Their calls throw RunError, or std::bad_alloc where the
  /// host's memory runs out. Throws std::invalid_argument where the engine moves no particles of the cell.
  virtual std::unique_ptr<ParticleStore> particles(const PreparedCell& cell, std::uint32_t populations,
                                                   std::uint64_t count);

  /// As many of these populations as it is best to move side by side, and as there is memory for; at least
  /// one. Throws RunError.
  virtual std::uint32_t populations_at_once(const PreparedCell& /*cell*/, std::uint64_t /*count*/) {
    return 1;
  }
};

/// A device's chunk is as much work as so many of a core's.
constexpr std::uint64_t kCoreChunksOfDevice = 64;

/// Draws of a chunk that keeps a worker of `engine` busy for a good part of a second, at `weights` weights a
/// draw: one core, or a whole device.
std::uint64_t default_chunk_size(const std::string& engine, std::int64_t weights);

}  // namespace gnc
