#include "host/experiment/finished_queue.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace gnc {

void FinishedQueue::put(FinishedWork work) {
  std::unique_lock lock(mutex_);
  const auto older = std::ranges::find_if(waiting_, [&](const FinishedWork& waiting) {
    return waiting.cell == work.cell && waiting.range.begin == work.range.begin &&
           std::holds_alternative<PopulationState>(waiting.result);
  });
  if (older != waiting_.end()) {
    *older = std::move(work);
    return;
  }
  room_.wait(lock, [&] { return abandoned_ || waiting_.size() < most_waiting_; });
  waiting_.push_back(std::move(work));
  ready_.notify_one();
}

void FinishedQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  ready_.notify_all();
}

void FinishedQueue::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  room_.notify_all();
}

std::optional<FinishedWork> FinishedQueue::take(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  ready_.wait_for(lock, wait, [this] { return !waiting_.empty() || closed_; });
  if (waiting_.empty()) return std::nullopt;
  FinishedWork work = std::move(waiting_.front());
  waiting_.pop_front();
  room_.notify_one();
  return work;
}

bool FinishedQueue::ended() {
  const std::lock_guard lock(mutex_);
  return closed_ && waiting_.empty();
}

}  // namespace gnc
