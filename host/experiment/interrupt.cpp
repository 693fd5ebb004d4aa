#include "host/experiment/interrupt.hpp"

#include <csignal>
#include <ctime>

namespace gnc {
namespace {

std::atomic<bool> interrupted{false};
std::atomic<std::time_t> first_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::time_t>::is_always_lock_free,
              "a signal handler writes them");

void on_signal(int signal) {
  const std::time_t now = std::time(nullptr);
  if (!interrupted.exchange(true)) {
    first_signal.store(now);
    return;
  }
  // Some programs that stop others send the signal to the process and to its group at once: that is one
  // request.
  if (now - first_signal.load() >= 2) {
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

}  // namespace gnc
