#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace gnc {

/// Which devices a process draws on, and how.
struct DeviceRequest {
  std::vector<int> numbers;  ///< as of --devices; empty: not given
  bool cpu = false;          ///< cores draw beside them
  int local_rank = 0;        ///< among the ranks of this host
  int local_size = 1;        ///< these ranks
  bool overlaps = false;     ///< a device's workers may be two, that it draws while one's host work is done
};

/// As --devices would be given: "0,2,cpu".
std::string devices_text(const DeviceRequest& request);

/// Numbers of the devices that a process draws on, at least one: those asked for, or all that compute like
/// the first usable one. Where several ranks share a host, each takes one of these in turn. `kinds`: by
/// number, what decides the bits of a device's losses, empty where the program cannot draw on it; at least
/// one is usable. UsageError where a device that is asked for is not there, comes twice, or computes unlike
/// the others.
std::vector<int> select_devices(std::span<const std::string> kinds, const DeviceRequest& request);

/// Those of some devices that can be used, in their order, and what the others answered: "device 1: ..".
struct UsableDevices {
  std::vector<int> numbers;
  std::string failures;
};

/// Tries each by `use`, which throws DeviceError where it fails, all at the same time: a device takes long to
/// begin with.
UsableDevices usable_devices(std::span<const int> numbers, const std::function<void(int)>& use);

}  // namespace gnc
