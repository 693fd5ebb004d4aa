#pragma once

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

/// Positions in `kinds` of the devices that a process draws on, at least one: those asked for, or all that
/// compute like the first one. Where several ranks share a host, each takes one of these in turn. `kinds`: of
/// each device, what decides the bits of its losses; at least one. UsageError where a device that is asked
/// for is not there, comes twice, or computes unlike the others.
std::vector<int> select_devices(std::span<const std::string> kinds, const DeviceRequest& request);

}  // namespace gnc
