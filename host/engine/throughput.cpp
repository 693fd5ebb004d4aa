#include "host/engine/throughput.hpp"

#include <chrono>

namespace gnc {

double draws_per_second(double seconds, const Draw& draw) {
  using Clock = std::chrono::steady_clock;
  std::uint64_t size = 1024;
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

}  // namespace gnc
