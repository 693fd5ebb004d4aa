#pragma once

#include <sys/resource.h>

namespace gnc {

/// A soft limit for this process and the children it starts, while the object lives.
class ResourceLimit {
 public:
  ResourceLimit(__rlimit_resource resource, rlim_t limit) : resource_(resource) {
    ::getrlimit(resource_, &before_);
    rlimit limited = before_;
    limited.rlim_cur = limit;
    ::setrlimit(resource_, &limited);
  }
  ResourceLimit(const ResourceLimit&) = delete;
  ResourceLimit& operator=(const ResourceLimit&) = delete;
  ~ResourceLimit() { ::setrlimit(resource_, &before_); }

 private:
  __rlimit_resource resource_;
  rlimit before_{};
};

}  // namespace gnc
