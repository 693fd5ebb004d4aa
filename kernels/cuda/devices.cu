#include <cuda_runtime.h>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/cublas_library.hpp"
#include "kernels/cuda/device_code.hpp"
#include "kernels/cuda/device_error.hpp"
#include "kernels/cuda/devices.hpp"

namespace gnc {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// "CUDA 13.0 found no NVIDIA driver" or "... a driver for CUDA 12.4".
std::string what_is_installed() {
  int runtime = 0;
  int driver = 0;
  if (cudaRuntimeGetVersion(&runtime) != cudaSuccess) runtime = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess) driver = 0;
  const std::string found =
      driver == 0 ? "no NVIDIA driver" : "an NVIDIA driver for CUDA " + version_text(driver);
  return "CUDA " + version_text(runtime) + " found " + found;
}

double memory_bytes_per_second(int device) {
  int clock_khz = 0;
  int bus_bits = 0;
  if (cudaDeviceGetAttribute(&clock_khz, cudaDevAttrMemoryClockRate, device) != cudaSuccess ||
      cudaDeviceGetAttribute(&bus_bits, cudaDevAttrGlobalMemoryBusWidth, device) != cudaSuccess) {
    cudaGetLastError();
    return 0.0;
  }
  return 2.0 * 1e3 * clock_khz * bus_bits / 8.0;  // twice a cycle
}

}  // namespace

CudaDevices find_cuda_devices() {
  CudaDevices found;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    found.why_none = what_is_installed() + " and answered \"" + cudaGetErrorString(status) + "\"";
    return found;
  }
  std::string unusable;
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties(&properties, i) != cudaSuccess) {
      cudaGetLastError();
      unusable = "device " + std::to_string(i) + ", which does not tell its properties";
      continue;
    }
    if (!has_device_code(GNC_CUDA_ARCHITECTURES, properties.major, properties.minor)) {
      unusable = std::string(properties.name) + " of compute capability " + std::to_string(properties.major) +
                 "." + std::to_string(properties.minor) +
                 ", while this program was built for " GNC_CUDA_ARCHITECTURES;
      continue;
    }
    found.devices.push_back({i, properties.name, properties.major, properties.minor,
                             properties.multiProcessorCount, memory_bytes_per_second(i)});
  }
  if (found.devices.empty()) {
    found.why_none = what_is_installed() + " and " + (unusable.empty() ? "no device" : unusable);
  }
  return found;
}

void use_cuda_device(int number) { check(cudaSetDevice(number), "choosing a device"); }

void release_cuda_device(int number) noexcept {
  // There is nobody left to whom a failure would matter.
  if (cudaSetDevice(number) == cudaSuccess) cudaDeviceReset();
}

std::string cuda_version() { return version_text(CUDART_VERSION); }

std::string cublas_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  try {
    const auto property = CublasLibrary::get().property;
    if (property(MAJOR_VERSION, &major) != CUBLAS_STATUS_SUCCESS ||
        property(MINOR_VERSION, &minor) != CUBLAS_STATUS_SUCCESS ||
        property(PATCH_LEVEL, &patch) != CUBLAS_STATUS_SUCCESS) {
      return "unknown";
    }
  } catch (const DeviceError&) {
    return "unknown";
  }
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace gnc
