#include "host/engine/throughput.hpp"

#include <chrono>

namespace gnc {

double draws_per_second(double seconds, const Draw& draw) {
  using Clock = std::chrono::steady_clock;
  std::uint64_t size = 1024;
  draw(0, size);
  std::uint64_t drawn = 0;
  double elapsed = 0.0;
  const Clock::time_point start = Clock::now();
  while (elapsed < seconds) {
    draw(drawn, drawn + size);
    drawn += size;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    if (elapsed < seconds / 8) size *= 2;
  }
  return static_cast<double>(drawn) / elapsed;
}

}  // namespace gnc
