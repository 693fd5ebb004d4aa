#include "host/experiment/follow_rank.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "host/errors.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/rank_messages.hpp"

namespace gnc {
namespace {

/// How often a rank looks for messages.
constexpr std::chrono::milliseconds kLook{2};

/// Bytes that rank 0 has not taken yet, from which on the workers keep their results, and wait with them.
constexpr std::size_t kMostOnTheWay = std::size_t{64} << 20;

/// Tasks that rank 0 handed to this one.
class HandedTasks final : public TaskSource {
 public:
  std::optional<ChunkTask> next(std::uint64_t /*parts*/) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || complete_ || !tasks_.empty(); });
    if (closed_ || tasks_.empty()) return std::nullopt;
    ChunkTask task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }
  void close() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  void add(ChunkTask task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    changed_.notify_one();
  }
  /// No task comes any more.
  void complete() {
    const std::lock_guard lock(mutex_);
    complete_ = true;
    changed_.notify_all();
  }
  bool expects_more() {
    const std::lock_guard lock(mutex_);
    return !closed_ && !complete_;
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ChunkTask> tasks_;
  bool closed_ = false;
  bool complete_ = false;
};

void tell_of_signal(Ranks& ranks, bool& told) {
  if (Interrupt::raised() && !std::exchange(told, true)) ranks.send(0, encode(StopMessage{}));
}

/// The next message, waiting for it.
Message wait_for_message(Ranks& ranks, bool& told) {
  while (true) {
    tell_of_signal(ranks, told);
    if (const std::optional<RankMessage> received = ranks.receive()) return decode(received->bytes);
    std::this_thread::sleep_for(kLook);
  }
}

/// Answers the end of the run; the exit code that rank 0 gave.
int leave(Ranks& ranks, const EndMessage& end) {
  ranks.send(0, encode(GoneMessage{}));
  return end.code;
}

/// Draws until all tasks are done; the exit code where rank 0 ends the run before. `told`: rank 0 knows that
/// the run is interrupted.
std::optional<int> draw(Ranks& ranks, const RunPlan& plan, WorkerOptions options, bool& told) {
  options.processes = ranks.size();
  const CellSource cells(plan);
  HandedTasks tasks;
  Workers workers(plan, cells, tasks, options);
  const auto wanted = static_cast<std::size_t>(options.threads);
  std::size_t asked = 0;
  while (!workers.idle()) {
    if (Interrupt::raised()) {
      tasks.close();
      tell_of_signal(ranks, told);
    }
    // A task for each thread lies ready, so that none waits for an answer.
    const std::size_t here = tasks.waiting() + asked;
    if (tasks.expects_more() && here < wanted) {
      ranks.send(0, encode(RequestMessage{wanted - here}));
      asked += wanted - here;
    }
    while (const std::optional<RankMessage> received = ranks.receive()) {
      Message message = decode(received->bytes);
      if (auto* task = std::get_if<ChunkTask>(&message)) {
        --asked;
        tasks.add(std::move(*task));
      } else if (std::holds_alternative<NoMoreMessage>(message)) {
        tasks.complete();
      } else if (std::holds_alternative<StopMessage>(message)) {
        told = true;
        Interrupt::raise();
      } else if (const auto* end = std::get_if<EndMessage>(&message)) {
        return leave(ranks, *end);
      }
    }
    if (ranks.on_the_way() >= kMostOnTheWay) {
      std::this_thread::sleep_for(kLook);
    } else if (const std::optional<FinishedWork> work = workers.take(kLook)) {
      ranks.send(0, encode(*work));
    }
  }
  workers.rethrow();
  return std::nullopt;
}

}  // namespace

int follow_rank_0(Ranks& ranks, const std::function<WorkerOptions(const RunPlan&)>& prepare) {
  bool told = false;
  try {
    Message first = wait_for_message(ranks, told);
    if (const auto* end = std::get_if<EndMessage>(&first)) return leave(ranks, *end);
    const RunPlan plan = std::get<BeginMessage>(std::move(first)).plan;
    if (const std::optional<int> code = draw(ranks, plan, prepare(plan), told)) return *code;
    ranks.send(0, encode(DoneMessage{Interrupt::raised()}));
  } catch (const UsageError& error) {
    ranks.send(0, encode(FailedMessage{error.what(), true}));
  } catch (const std::exception& error) {
    ranks.send(0, encode(FailedMessage{error.what(), false}));
  }
  while (true) {
    const Message message = wait_for_message(ranks, told);
    if (const auto* end = std::get_if<EndMessage>(&message)) return leave(ranks, *end);
  }
}

}  // namespace gnc
