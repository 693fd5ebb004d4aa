#pragma once

#include <stdexcept>

namespace gnc {

/// Bad usage, config, problem file or run folder: the command ends with exit code 2.
/// The message names the file, the key, the value, and what was expected.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The machine failed us (disk, memory, device): the command ends with exit code 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A device has no memory for all that was asked of it at once; less may do.
class DeviceMemoryError : public RunError {
 public:
  using RunError::RunError;
};

}  // namespace gnc
