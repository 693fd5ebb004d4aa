#include "host/experiment/stored_quota.hpp"

namespace gnc {

void StoredQuota::add(std::uint64_t chunk, const std::vector<std::uint64_t>& accepted) {
  ahead_.emplace(chunk, accepted);
  while (!ahead_.empty() && ahead_.begin()->first == next_) {
    const std::vector<std::uint64_t>& counts = ahead_.begin()->second;
    for (std::size_t t = 0; t < held_.size(); ++t) held_[t] += counts[t];
    ahead_.erase(ahead_.begin());
    ++next_;
  }
}

bool StoredQuota::filled() const {
  for (const std::uint64_t held : held_) {
    if (held < max_stored_) return false;
  }
  return true;
}

}  // namespace gnc
