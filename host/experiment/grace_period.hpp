#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace gnc {

/// While this object lives: once `length` has passed since the run was interrupted (see Interrupt),
/// `on_expiry` is called, once, by a thread of its own. A run that is stopped by others has little time:
/// schedulers kill what does not end.
class GracePeriod {
 public:
  GracePeriod(std::chrono::milliseconds length, std::function<void()> on_expiry);

 private:
  std::jthread thread_;
};

}  // namespace gnc
