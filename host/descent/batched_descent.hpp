#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "host/descent/descent.hpp"
#include "kernels/descent_input.hpp"

namespace gnc {

/// Runs of gradient descent that a device trains at once.
class DescentBatch {
 public:
  virtual ~DescentBatch() = default;
  /// Trains every run for `count` further epochs, or for what it has left. Throws DeviceError.
  virtual void run_epochs(std::int64_t count) = 0;
  /// End-to-end matrix of a run after its last epoch so far, row-major. Throws DeviceError.
  virtual std::vector<float> Y(std::size_t run) = 0;
};

/// Takes runs to a device. Throws DeviceError, of kind OutOfMemory if so many do not fit.
using MakeDescentBatch = std::function<std::unique_ptr<DescentBatch>(std::span<const DescentInput>)>;

/// Trains all runs in batches, each in slices of about kSliceSeconds (slice_length.hpp) after which `stop` is
/// looked at; an epoch is never cut. `finished` is as for run_descents. A batch that does not fit into the
/// device's memory is halved; throws RunError where one run alone does not fit, or where the device fails.
/// `seconds` is a clock.
void run_batched_descents(std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                          const DescentFinished& finished, const MakeDescentBatch& make_batch,
                          const std::function<double()>& seconds);

}  // namespace gnc
