#include "host/engine/throughput.hpp"

#include <algorithm>
#include <chrono>

namespace gnc {

double draws_per_second(double seconds, const Draw& draw, std::uint64_t size) {
  using Clock = std::chrono::steady_clock;
  draw(0, size);
  std::uint64_t drawn = 0;
  std::uint64_t next = 0;  // a multiple of `size`, as a run's ranges are
  double elapsed = 0.0;
  const Clock::time_point start = Clock::now();
  while (elapsed < seconds) {
    draw(next, next + size);
    drawn += size;
    next += size;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    if (elapsed < seconds / 8) {
      size *= 2;
      next = (next + size - 1) / size * size;
    }
  }
  return static_cast<double>(drawn) / elapsed;
}

double draws_per_second(double seconds, Engine& engine, const PreparedCell& cell,
                        std::span<const double> tolerances) {
  const Draw draw = [&](std::uint64_t begin, std::uint64_t end) {
    engine.run_chunk(cell, {begin, end}, tolerances, 0);
  };
  draw(0, 1);  // the batch is known from then on
  return draws_per_second(seconds, draw, std::max<std::uint64_t>(engine.batch_draws(), 1024));
}

}  // namespace gnc
