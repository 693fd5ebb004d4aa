#pragma once

#include <string>
#include <vector>

namespace gnc {

/// A CUDA device as the system shows it.
struct CudaDevice {
  int number = 0;    ///< CUDA's
  std::string name;  ///< for example "NVIDIA H100 80GB HBM3"
  int major = 0;     ///< compute capability
  int minor = 0;
  int multiprocessors = 0;
  double memory_bytes_per_second = 0.0;  ///< at most, by clock and bus width; 0: not known
};

/// What was looked for and found.
struct CudaDevices {
  std::vector<CudaDevice> devices;  ///< in CUDA's order; usable ones only
  /// Why there is none, as a sentence without its full stop: the driver and runtime versions, and what CUDA
  /// answered or which device this program has no code for. Empty where there is one.
  std::string why_none;
};

/// Looks for devices. Never throws for the lack of one, nor of a driver.
CudaDevices find_cuda_devices();

/// Lets what the calling thread does on a device from now on be done on this one. Throws DeviceError.
void use_cuda_device(int number);

/// Gives back what this process holds of a device, where no thread uses it any more.
void release_cuda_device(int number) noexcept;

/// Version of the CUDA that this program was built with, such as "13.0".
std::string cuda_version();

/// Version of cuBLAS, which is loaded for it, such as "13.0.2"; "unknown" where there is none or it does not
/// say.
std::string cublas_version();

}  // namespace gnc
