#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "host/first_error.hpp"
#include "host/start_thread.hpp"

namespace gnc {

/// body(i, failed) for every i below `count`, once each, on up to `threads` threads, of which the caller's is
/// one. Where a call throws or a thread cannot be started, `failed` becomes true, no further call is made,
/// and the exception is thrown when the calls under way have returned.
template <class Body>
void for_each_index(int threads, std::size_t count, const Body& body) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  FirstError error;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < count && !failed; i = next++) body(i, failed);
    } catch (...) {
      failed = true;
      error.keep();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < std::min(static_cast<std::size_t>(threads), count)) {
        others.push_back(start_thread(work));
      }
    } catch (...) {
      failed = true;
      throw;
    }
    work();
  }
  error.rethrow();
}

}  // namespace gnc
