#include "host/experiment/stored_quota.hpp"

#include <algorithm>

namespace gnc {

void StoredQuota::add(const FinishedDraws& draws) {
  ahead_.emplace(draws.range.begin, draws);
  while (!ahead_.empty() && ahead_.begin()->first == next_) {
    const FinishedDraws& first = ahead_.begin()->second;
    for (std::size_t t = 0; t < wanted_.size(); ++t) wanted_[t] -= std::min(wanted_[t], first.accepted[t]);
    next_ = first.range.end;
    ahead_.erase(ahead_.begin());
  }
}

}  // namespace gnc
