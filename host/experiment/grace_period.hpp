#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace gnc {

/// A run that was asked to stop ends after this time at the latest, whatever is in flight: batch systems
/// commonly leave a process 5 seconds or more.
inline constexpr std::chrono::milliseconds kGracePeriod{4000};

/// That of a rank other than 0, which tells rank 0 of a signal at once: it is for rank 0, which hears of it
/// once gradient descent is done, to say how to go on.
inline constexpr std::chrono::milliseconds kGracePeriodOfOthers =
    kGracePeriod + std::chrono::milliseconds(500);

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
