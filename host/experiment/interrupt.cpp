#include "host/experiment/interrupt.hpp"

#include <csignal>
#include <cstdint>
#include <ctime>

namespace gnc {
namespace {

constexpr std::int64_t kOneRequest = 2'000'000'000;

std::atomic<bool> interrupted{false};
std::atomic<std::int64_t> first_signal{0};  // its time; 0: none came
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler writes them");

/// Nanoseconds of a clock that nobody sets; callable from a signal handler, which std::chrono is not promised
/// to be.
std::int64_t monotonic_nanoseconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Raises the flag with the first request; the time of the first one, 0 where it is this.
std::int64_t request(std::int64_t now) {
  std::int64_t first = 0;
  if (first_signal.compare_exchange_strong(first, now)) interrupted.store(true);
  return first;
}

void on_signal(int signal) {
  const std::int64_t now = monotonic_nanoseconds();
  const std::int64_t first = request(now);
  // Some programs that stop others send the signal to the process and to its group at once: that is one
  // request.
  if (first != 0 && now - first >= kOneRequest) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void lower_flag() {
  interrupted.store(false);
  first_signal.store(0);
}

}  // namespace

Interrupt::Interrupt() : takes_hangup_(!is_ignored(SIGHUP)) {
  lower_flag();
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  if (takes_hangup_) std::signal(SIGHUP, on_signal);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (takes_hangup_) std::signal(SIGHUP, SIG_DFL);
  lower_flag();
}

const std::atomic<bool>& Interrupt::raised() { return interrupted; }

void Interrupt::raise() { request(monotonic_nanoseconds()); }

void Interrupt::check() {
  if (interrupted.load()) throw Interrupted();
}

}  // namespace gnc
