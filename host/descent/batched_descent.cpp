#include "host/descent/batched_descent.hpp"

#include <algorithm>
#include <new>
#include <string>

#include "host/descent/descent_setup.hpp"
#include "host/descent/slice_length.hpp"
#include "host/errors.hpp"
#include "kernels/cuda/device_error.hpp"

namespace gnc {
namespace {

// Bounds on what is lost when a program is killed, and on what is asked of a device's memory at first.
constexpr std::size_t kMostRuns = 4096;
constexpr std::int64_t kMostFloats = std::int64_t{1} << 30;

/// How many of the runs, from the first, make a batch: at least 1.
std::size_t batch_size(std::span<const DescentRun> runs) {
  std::int64_t floats = 0;
  std::size_t count = 0;
  while (count < std::min(runs.size(), kMostRuns)) {
    floats += n_array_entries(model_of(runs[count]));
    if (count > 0 && floats > kMostFloats) break;
    ++count;
  }
  return count;
}

/// A batch of the first runs on the device.
struct FittingBatch {
  std::unique_ptr<DescentBatch> batch;
  std::size_t size;
};

/// `most` bounds the size, and is lowered to what fitted where memory was short.
FittingBatch make_fitting(std::span<const DescentRun> runs, std::size_t& most,
                          const MakeDescentBatch& make_batch) {
  std::vector<DescentInput> inputs;
  for (const DescentRun& run : runs.first(std::min(most, batch_size(runs)))) inputs.push_back(input_of(run));
  for (;;) {
    try {
      return {make_batch(inputs), inputs.size()};
    } catch (const DeviceError& error) {
      if (error.kind() != DeviceError::Kind::OutOfMemory) throw;
      if (inputs.size() == 1) {
        throw RunError(std::string("gradient descent: one run does not fit into the device's memory (") +
                       error.what() + "); train on the CPU or a smaller network, or leave it out by --no-gd");
      }
    }
    most = inputs.size() / 2;
    inputs.resize(most);
  }
}

/// Trains the batch of the runs begin .. begin + size - 1; false if it was given up.
bool train(DescentBatch& batch, std::span<const DescentRun> runs, std::size_t begin, std::size_t size,
           const std::atomic<bool>& stop, const DescentFinished& finished,
           const std::function<double()>& seconds) {
  const double start = seconds();
  std::int64_t longest = 0;
  for (const DescentRun& run : runs.subspan(begin, size)) longest = std::max(longest, run.epochs);
  std::int64_t slice = 1;
  for (std::int64_t done = 0; done < longest;) {
    if (stop) return false;
    const std::int64_t count = std::min(slice, longest - done);
    const double before = seconds();
    batch.run_epochs(count);
    const double after = seconds();
    for (std::size_t i = 0; i < size; ++i) {
      const DescentRun& run = runs[begin + i];
      if (run.epochs <= done || run.epochs > done + count) continue;
      DescentResult result = result_of(batch.Y(i), *run.problem);
      result.seconds = (after - start) / static_cast<double>(size);
      finished(begin + i, result);
    }
    done += count;
    slice = next_slice(count, after - before);
  }
  return true;
}

}  // namespace

void run_batched_descents(std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                          const DescentFinished& finished, const MakeDescentBatch& make_batch,
                          const std::function<double()>& seconds) {
  try {
    std::size_t most = runs.size();
    for (std::size_t begin = 0; begin < runs.size() && !stop;) {
      const FittingBatch fitting = make_fitting(runs.subspan(begin), most, make_batch);
      if (!train(*fitting.batch, runs, begin, fitting.size, stop, finished, seconds)) return;
      begin += fitting.size;
    }
  } catch (const DeviceError& error) {
    throw RunError(std::string("gradient descent: ") + error.what());
  } catch (const std::bad_alloc&) {
    throw RunError("out of memory in gradient descent; use a smaller network, or leave it out by --no-gd");
  }
}

}  // namespace gnc
