#pragma once

#include <exception>
#include <mutex>

namespace gnc {

/// The first exception that one of several threads threw, for the thread that waits for them.
class FirstError {
 public:
  /// To be called where an exception was caught.
  void keep() {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  /// Throws what was kept, if anything was. To be called once the threads have ended.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace gnc
