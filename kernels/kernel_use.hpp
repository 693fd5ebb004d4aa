#pragma once

#include <cstddef>

namespace gnc {

/// What a kernel takes of its device.
struct KernelUse {
  int registers = 0;            ///< of a thread
  std::size_t local_bytes = 0;  ///< local memory of a thread: what the registers do not hold
  double occupancy = 0.0;  ///< resident threads of a multiprocessor over the most it can have, by their count
};

}  // namespace gnc
