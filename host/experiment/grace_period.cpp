#include "host/experiment/grace_period.hpp"

#include <optional>
#include <utility>

#include "host/experiment/interrupt.hpp"
#include "host/start_thread.hpp"

namespace gnc {

GracePeriod::GracePeriod(std::chrono::milliseconds length, std::function<void()> on_expiry)
    : thread_(start_thread([length, on_expiry = std::move(on_expiry)](const std::stop_token& stop) {
        using Clock = std::chrono::steady_clock;
        std::optional<Clock::time_point> interrupted;
        while (!stop.stop_requested()) {
          // A signal handler can set a flag, but wake nobody.
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          if (!Interrupt::raised()) continue;
          if (!interrupted) interrupted = Clock::now();
          if (Clock::now() - *interrupted < length) continue;
          on_expiry();
          return;
        }
      })) {}

}  // namespace gnc
