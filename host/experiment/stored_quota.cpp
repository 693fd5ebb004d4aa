#include "host/experiment/stored_quota.hpp"

namespace gnc {

void StoredQuota::add(const FinishedDraws& draws) {
  ahead_.emplace(draws.range.begin, draws);
  while (!ahead_.empty() && ahead_.begin()->first == next_) {
    const FinishedDraws& first = ahead_.begin()->second;
    for (std::size_t t = 0; t < held_.size(); ++t) held_[t] += first.accepted[t];
    next_ = first.range.end;
    ahead_.erase(ahead_.begin());
  }
}

bool StoredQuota::filled() const {
  for (const std::uint64_t held : held_) {
    if (held < max_stored_) return false;
  }
  return true;
}

}  // namespace gnc
