#include "host/engine/throughput.hpp"

#include <algorithm>
#include <chrono>

namespace gnc {

double draws_per_second(double seconds, const Draw& draw, std::uint64_t size) {
  using Clock = std::chrono::steady_clock;
  // Ranges begin at multiples of their size, as a run's do.
  std::uint64_t next = 0;
  const auto seconds_of_a_call = [&] {
    const Clock::time_point start = Clock::now();
    draw(next, next + size);
    next += size;
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  seconds_of_a_call();
  double elapsed = seconds_of_a_call();
  while (elapsed < seconds / 8) {
    size *= 2;
    next = (next + size - 1) / size * size;
    elapsed = seconds_of_a_call();
  }
  std::uint64_t calls = 1;
  for (; elapsed < seconds; ++calls) elapsed += seconds_of_a_call();
  return static_cast<double>(calls * size) / elapsed;
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
