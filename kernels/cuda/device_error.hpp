#pragma once

#include <stdexcept>
#include <string>

namespace gnc {

/// A call of CUDA or of one of its libraries failed. The message says what was being done, and what the
/// library answered.
class DeviceError : public std::runtime_error {
 public:
  enum class Kind {
    OutOfMemory,  ///< an allocation was refused; the device works on and a smaller one may succeed
    Failed        ///< anything else: the device's state is not to be relied on any more
  };

  DeviceError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace gnc
