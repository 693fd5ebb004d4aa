#pragma once

#include <atomic>
#include <exception>

namespace gnc {

/// What Interrupt::check throws.
class Interrupted final : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};

/// While this object lives, the first SIGINT, SIGTERM or SIGHUP raises a flag and leaves the rest to the run;
/// one that comes two seconds later or more ends the process as usual. A SIGHUP that was ignored before, as
/// by nohup, still is. At most one at a time.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  static const std::atomic<bool>& raised();
  /// As a signal does.
  static void raise();
  /// Throws Interrupted where the flag is raised.
  static void check();

 private:
  bool takes_hangup_;
};

}  // namespace gnc
