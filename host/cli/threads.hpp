#pragma once

#include <algorithm>
#include <thread>

namespace gnc {

/// `threads`, or one for each core where it is 0.
inline int threads_or_all(int threads) {
  return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace gnc
