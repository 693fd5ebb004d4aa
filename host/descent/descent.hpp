#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "host/problem/problem.hpp"
#include "kernels/model.hpp"
#include "kernels/philox_key.hpp"

namespace gnc {

/// One run of the gradient-descent baseline (README.md, "What is computed").
struct DescentRun {
  const Problem* problem = nullptr;  ///< outlives the run
  std::int64_t width = 0;
  std::int64_t depth = 0;
  Activation activation = Activation::Linear;
  double negative_slope = 0.0;
  double lr = 0.0;
  double init_scale = 0.0;  ///< factor on the start U(-1/sqrt(fan_in), 1/sqrt(fan_in))
  double momentum = 0.0;    ///< 0 <= momentum < 1
  std::int64_t epochs = 0;
  PhiloxKey key;  ///< key of the cell; the start comes from its stream DescentStart
};

/// Losses after the last epoch; both are infinity where the run diverged: one of them is not finite, or the
/// gradient's squares overflowed on the way.
struct DescentResult {
  double gd_gen = 0.0;
  double gd_train = 0.0;
  double seconds = 0.0;  ///< wall time of the run's group, divided by the runs in it
};

/// Called with the number of a run and its result.
using DescentFinished = std::function<void(std::size_t, const DescentResult&)>;

/// A way to train runs: run_descents on some number of threads, or one on a device with the same contract.
using Descend =
    std::function<void(std::span<const DescentRun>, const std::atomic<bool>& stop, const DescentFinished&)>;

/// Trains all runs on `threads` threads and calls `finished(i, result)` for each, from one thread at a time.
/// Runs of one shape share SIMD lanes; a result depends on neither that nor the threads. Once `stop` is true,
/// what is not finished is given up within a fraction of a second. An exception of `finished` ends the work
/// and reaches the caller.
void run_descents(std::span<const DescentRun> runs, int threads, const std::atomic<bool>& stop,
                  const DescentFinished& finished);

}  // namespace gnc
