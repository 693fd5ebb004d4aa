#include "host/experiment/grace_period.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "host/experiment/interrupt.hpp"
#include "host/start_thread.hpp"

namespace gnc {

GracePeriod::GracePeriod(std::chrono::milliseconds length, std::function<void()> on_expiry)
    : thread_(start_thread([length, on_expiry = std::move(on_expiry)](const std::stop_token& stop) {
        using Clock = std::chrono::steady_clock;
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any ended;
        std::optional<Clock::time_point> interrupted;
        // A signal handler can set a flag, but wake nobody; the end of the period does.
        while (!ended.wait_for(lock, stop, std::chrono::milliseconds(20),
                               [&] { return stop.stop_requested(); })) {
          if (!Interrupt::raised()) continue;
          if (!interrupted) interrupted = Clock::now();
          if (Clock::now() - *interrupted < length) continue;
          on_expiry();
          return;
        }
      })) {}

}  // namespace gnc
