#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/descent_input.hpp"
#include "kernels/descent_view.hpp"

namespace gnc {

/// A run of gradient descent that a team of threads trains slice by slice. During a slice, arrays that fit
/// are in memory the threads share and that is lost with the slice; all others stay at home.
struct SlicedDescent {
  DescentModel model;
  DescentArrays home;           ///< of one lane
  std::uint32_t in_shared = 0;  ///< bit i: the i-th array of for_each_array
  int threads = 1;
  std::int64_t epochs_left = 0;
  double decay_power = 1.0;  ///< a^t after t epochs
};

/// Most threads of a team.
constexpr int kMostDescentThreads = 512;

/// Threads for a run of this shape: whole warps of 32, about one thread for each entry of its largest matrix.
int descent_threads(const DescentModel& model);

/// Which arrays go into shared memory of so many floats: in the order of for_each_array, each that still
/// fits. Bit i stands for the i-th.
std::uint32_t arrays_in_shared(const DescentModel& model, std::size_t floats);

/// Floats of shared memory that this choice of arrays takes.
std::size_t shared_floats(const DescentModel& model, std::uint32_t in_shared);

/// The run at its start, with n_array_entries(input.model) floats at `home`, which is only pointed to, and
/// with so many floats of shared memory.
SlicedDescent sliced_descent(const DescentInput& input, float* home, std::size_t shared);

/// Arrays of the run that stay at home during a slice.
int n_arrays_at_home(const SlicedDescent& run);

/// Fills `memory`, n_array_entries(input.model) floats, with what a run has at home at its start.
void write_start(const DescentInput& input, float* memory);

}  // namespace gnc
