#include "host/engine/pilot.hpp"

#include <chrono>

namespace gnc {

double pilot_seconds(Engine& engine, std::span<const std::unique_ptr<PreparedCell>> cells,
                     std::span<const double> tolerances, double seconds) {
  using Clock = std::chrono::steady_clock;
  double sum = 0.0;
  for (const std::unique_ptr<PreparedCell>& cell : cells) {
    std::uint64_t size = 1 << 16;
    std::uint64_t drawn = 0;
    engine.run_chunk(*cell, {0, size}, tolerances, 0);
    double elapsed = 0.0;
    for (const Clock::time_point start = Clock::now(); elapsed < seconds / 2;) {
      engine.run_chunk(*cell, {drawn, drawn + size}, tolerances, 0);
      drawn += size;
      elapsed = std::chrono::duration<double>(Clock::now() - start).count();
      // Chunks as long as a run's keep the cost of their ends out of the rate.
      if (elapsed < seconds / 8) size *= 2;
    }
    sum += elapsed / static_cast<double>(drawn);
  }
  return sum;
}

}  // namespace gnc
