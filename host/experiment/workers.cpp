#include "host/experiment/workers.hpp"

#include <cmath>
#include <utility>

#include "host/experiment/interrupt.hpp"
#include "host/experiment/population_run.hpp"
#include "host/start_thread.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Workers::Workers(const RunPlan& plan, const CellSource& cells, TaskSource& tasks,
                 const WorkerOptions& options)
    : plan_(plan), cells_(cells), tasks_(tasks), options_(options), running_(options.threads) {
  try {
    for (int i = 0; i < options.threads; ++i) threads_.push_back(start_thread([this, i] { work(i); }));
  } catch (...) {
    stop();
    throw;
  }
}

std::optional<FinishedWork> Workers::take(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  ready_.wait_for(lock, wait, [this] { return !done_.empty() || running_ == 0; });
  if (done_.empty()) return std::nullopt;
  FinishedWork work = std::move(done_.front());
  done_.pop_front();
  room_.notify_one();
  return work;
}

bool Workers::idle() {
  const std::lock_guard lock(mutex_);
  return running_ == 0 && done_.empty();
}

void Workers::rethrow() {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

/// Lets every thread end; their destructors wait for it.
void Workers::stop() {
  tasks_.close();
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  room_.notify_all();
}

void Workers::work(int worker) {
  try {
    const std::unique_ptr<Engine> engine = options_.make_engine(worker);
    const std::uint64_t parts = engine->name() == "cpu" && plan_.engine != "cpu" ? kCoreChunksOfDevice : 1;
    while (const std::optional<ChunkTask> task = tasks_.next(parts)) {
      if (plan_.cells[task->cell].plan.estimator == Estimator::Splitting) {
        for (std::uint64_t i = task->range.begin; i < task->range.end && !Interrupt::raised(); ++i)
          run_population(*task, i);
        continue;
      }
      const Clock::time_point start = Clock::now();
      const std::shared_ptr<const PreparedCell> cell = cells_.prepare(task->cell);
      ChunkResult result =
          engine->run_chunk(*cell, task->range, plan_.config.gnc_eps_train, task->max_stored);
      hand_over({task->cell, task->range, std::move(result), share_of(seconds_since(start))});
    }
  } catch (...) {
    tasks_.close();
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  --running_;
  ready_.notify_one();
}

/// Moves a population to the smallest tolerance. Its state is handed over now and then, and when the run is
/// interrupted.
void Workers::run_population(const ChunkTask& task, std::uint64_t population) {
  const std::shared_ptr<const PreparedCell> cell = cells_.prepare(task.cell);
  std::optional<PopulationState> begun;
  if (const auto found = task.states.find(population); found != task.states.end()) begun = found->second;
  double seconds = begun ? begun->seconds : 0.0;
  PopulationRun run(*cell, population, plan_.config, begun);
  begun.reset();
  const DrawRange range{population, population + 1};
  const double between_states = run.seconds_between_states();
  Clock::time_point handed_over = Clock::now();
  Clock::time_point start = Clock::now();
  while (!run.finished()) {
    run.advance();
    seconds += share_of(seconds_since(start));
    start = Clock::now();
    if (run.finished()) break;
    const bool stopped = Interrupt::raised() || is_abandoned();
    if (stopped && std::isinf(between_states)) return;
    if (!stopped && seconds_since(handed_over) < between_states) continue;
    hand_over({task.cell, range, run.state(seconds), seconds, run.level()});
    if (stopped) return;
    handed_over = Clock::now();
  }
  hand_over({task.cell, range, run.record(), seconds});
}

/// Wall time of a worker's `seconds`: workers that found nothing left to do share no time.
double Workers::share_of(double seconds) {
  const std::lock_guard lock(mutex_);
  return seconds / (running_ * options_.processes);
}

bool Workers::is_abandoned() {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

void Workers::hand_over(FinishedWork work) {
  const std::size_t most_waiting = 4 * static_cast<std::size_t>(options_.threads) + 4;
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return abandoned_ || done_.size() < most_waiting; });
  done_.push_back(std::move(work));
  ready_.notify_one();
}

}  // namespace gnc
