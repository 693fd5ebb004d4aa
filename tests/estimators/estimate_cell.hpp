#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "host/engine/cpu_engine.hpp"

namespace gnc {

/// Chunks that cover draws 0 .. draws - 1 of a cell, computed on all cores.
inline std::vector<ChunkResult> run_cell(const PreparedCell& cell, const std::vector<double>& tolerances,
                                         std::uint64_t draws, std::size_t max_stored = 0) {
  const unsigned n_threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<ChunkResult> results(n_threads);
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < n_threads; ++t) {
    threads.emplace_back([&, t] {
      results[t] = CpuEngine().run_chunk(cell, {draws * t / n_threads, draws * (t + 1) / n_threads},
                                         tolerances, max_stored);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return results;
}

inline WeightTally weights_of(const std::vector<ChunkResult>& chunks, std::size_t tolerance = 0) {
  WeightTally tally;
  for (const ChunkResult& chunk : chunks) tally.add(chunk.weighted[tolerance]);
  return tally;
}

}  // namespace gnc
