#include "host/engine/throughput.hpp"

#include <algorithm>

#include "host/stopwatch.hpp"

namespace gnc {
namespace {

/// With ranges of `size` draws at first; nothing is to be allocated any more.
double measured(double seconds, const Draw& draw, std::uint64_t size) {
  // Ranges begin at multiples of their size, as a run's do.
  std::uint64_t next = 0;
  const auto seconds_of_a_call = [&] {
    const Stopwatch watch;
    draw(next, next + size);
    next += size;
    return watch.seconds();
  };
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

constexpr std::uint64_t kLeast = 1024;  // draws of a range

}  // namespace

double draws_per_second(double seconds, const Draw& draw) {
  draw(0, kLeast);
  return measured(seconds, draw, kLeast);
}

double draws_per_second(double seconds, Engine& engine, const PreparedCell& cell,
                        std::span<const double> tolerances) {
  const Draw draw = [&](std::uint64_t begin, std::uint64_t end) {
    engine.run_chunk(cell, {begin, end}, tolerances, 0);
  };
  draw(0, 1);  // the batch is known from then on
  return measured(seconds, draw, std::max(engine.batch_draws(), kLeast));
}

}  // namespace gnc
