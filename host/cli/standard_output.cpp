#include "host/cli/standard_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <ostream>

namespace gnc {
namespace {

constexpr const char* kFailure = "standard output: cannot be written";

/// Of a pipe or a socket: its other end is closed.
bool is_closed(int descriptor) {
  pollfd state{descriptor, 0, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

void require_written(std::ostream& out) {
  out.flush();
  if (out) return;
  if (is_closed(STDOUT_FILENO)) throw OutputClosed(kFailure);
  throw RunError(kFailure);
}

}  // namespace gnc
