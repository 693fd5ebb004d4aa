#pragma once

#include <iosfwd>

#include "host/errors.hpp"

namespace gnc {

/// What require_written throws where nobody reads standard output any more, as behind a `head` that has seen
/// enough: there is nothing to tell the user.
class OutputClosed final : public RunError {
 public:
  using RunError::RunError;
};

/// Flushes `out`, which writes to standard output. Throws RunError where that fails.
void require_written(std::ostream& out);

}  // namespace gnc
