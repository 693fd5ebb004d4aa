#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/descent_input.hpp"

namespace gnc {

/// Runs of gradient descent on the current device, each by one block of threads; their shapes may differ.
class CudaDescents {
 public:
  /// Copies the runs to the device. Throws DeviceError, of kind OutOfMemory if they do not fit.
  explicit CudaDescents(std::span<const DescentInput> inputs);
  CudaDescents(CudaDescents&&) noexcept;
  CudaDescents& operator=(CudaDescents&&) noexcept;
  ~CudaDescents();

  /// Trains every run for `count` further epochs, or for what it has left, in one launch, and waits for it.
  /// Throws DeviceError.
  void run_epochs(std::int64_t count);
  /// A run's end-to-end matrix after its last epoch so far, row-major. Throws DeviceError.
  std::vector<float> Y(std::size_t run) const;
  /// Arrays of a run that stay in the device's global memory, as not all fit into a block's shared memory.
  int n_arrays_at_home(std::size_t run) const;

 private:
  struct OnDevice;
  std::unique_ptr<OnDevice> on_device_;
};

}  // namespace gnc
