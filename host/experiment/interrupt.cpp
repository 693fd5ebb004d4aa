#include "host/experiment/interrupt.hpp"

#include <csignal>
#include <cstdint>
#include <ctime>

namespace gnc {
namespace {

constexpr std::int64_t kOneRequest = 2'000'000'000;

std::atomic<bool> interrupted{false};
std::atomic<std::int64_t> first_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler writes them");

/// Nanoseconds of a clock that nobody sets; callable from a signal handler, which std::chrono is not promised
/// to be.
std::int64_t monotonic_nanoseconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void on_signal(int signal) {
  const std::int64_t now = monotonic_nanoseconds();
  if (!interrupted.exchange(true)) {
    first_signal.store(now);
    return;
  }
  // Some programs that stop others send the signal to the process and to its group at once: that is one
  // request.
  if (now - first_signal.load() >= kOneRequest) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

Interrupt::Interrupt() {
  interrupted.store(false);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& Interrupt::raised() { return interrupted; }

void Interrupt::raise() {
  if (!interrupted.exchange(true)) first_signal.store(monotonic_nanoseconds());
}

}  // namespace gnc
