#include "host/experiment/workers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/errors.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/start_thread.hpp"
#include "host/stopwatch.hpp"

namespace gnc {

Workers::Workers(const RunPlan& plan, const CellSource& cells, TaskSource& tasks,
                 const WorkerOptions& options)
    : plan_(plan),
      cells_(cells),
      tasks_(tasks),
      options_(options),
      done_(4 * static_cast<std::size_t>(options.threads) + 4),
      running_(options.threads) {
  try {
    for (int i = 0; i < options.threads; ++i) threads_.push_back(start_thread([this, i] { work(i); }));
  } catch (...) {
    stop();
    throw;
  }
}

bool Workers::failed() {
  const std::lock_guard lock(mutex_);
  return error_ != nullptr;
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
  done_.abandon();
}

void Workers::work(int worker) {
  try {
    const std::unique_ptr<Engine> engine = options_.make_engine(worker);
    const std::uint64_t parts = engine->name() == "cpu" && plan_.engine != "cpu" ? kCoreChunksOfDevice : 1;
    while (std::optional<ChunkTask> task = tasks_.next(parts)) {
      if (plan_.cells[task->cell].plan.estimator == Estimator::Splitting) {
        run_populations(*engine, *std::move(task));
        continue;
      }
      const Stopwatch watch;
      const std::shared_ptr<const PreparedCell> cell = cells_.prepare(task->cell);
      ChunkResult result =
          engine->run_chunk(*cell, task->range, plan_.config.gnc_eps_train, StoreLimits(task->max_stored));
      done_.put({task->cell, task->range, std::move(result), share_of(watch.seconds())});
    }
  } catch (...) {
    tasks_.close();
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) done_.close();
}

/// Moves the populations of a task to the smallest tolerance, as many side by side as the engine likes, and
/// as its memory holds: another process may take some of it meanwhile.
void Workers::run_populations(Engine& engine, ChunkTask task) {
  const std::shared_ptr<const PreparedCell> cell = cells_.prepare(task.cell);
  std::uint64_t begin = task.range.begin;
  std::uint64_t most = task.range.size();
  while (begin < task.range.end && !is_ending()) {
    const std::uint64_t at_once = std::min(most, PopulationRun::at_once(engine, *cell, plan_.config));
    const DrawRange numbers{begin, begin + std::min(at_once, task.range.end - begin)};
    bool has_memory = false;
    const auto advanced = [&] {
      has_memory = true;
      task.states.erase(task.states.begin(), task.states.lower_bound(numbers.end));
    };
    try {
      PopulationRun run(engine, *cell, numbers, plan_.config, task.states);
      run_side_by_side(task.cell, run, advanced);
      begin = numbers.end;
    } catch (const DeviceMemoryError&) {
      if (numbers.size() == 1 || has_memory) throw;
      most = numbers.size() / 2;
    }
  }
}

/// Each population is handed over when it has finished, or its state now and then, and when the run
/// is interrupted or another worker failed. `advanced` is called once all have advanced by a level.
void Workers::run_side_by_side(std::size_t cell, PopulationRun& run, const std::function<void()>& advanced) {
  const double between_states = run.seconds_between_states(options_.threads * options_.processes);
  std::vector<bool> recorded(run.size(), false);
  Stopwatch since_states;
  Stopwatch step;
  bool stopped = false;
  bool first = true;
  do {
    run.advance();
    if (std::exchange(first, false)) advanced();
    run.add_seconds(share_of(step.seconds()));
    step.restart();
    stopped = is_ending();
    const bool states_due =
        !std::isinf(between_states) && (stopped || since_states.seconds() >= between_states);
    for (std::size_t i = 0; i < run.size(); ++i) {
      if (recorded[i]) continue;
      if (run.finished(i)) {
        done_.put({cell, run.range(i), run.record(i), run.seconds(i)});
        recorded[i] = true;
      } else if (states_due) {
        done_.put({cell, run.range(i), run.state(i), run.seconds(i), run.level(i)});
      }
    }
    if (states_due) since_states.restart();
  } while (!stopped && !run.finished());
}

/// Wall time of a worker's `seconds`: workers that found nothing left to do share no time.
double Workers::share_of(double seconds) {
  const std::lock_guard lock(mutex_);
  return seconds / (running_ * options_.processes);
}

/// Whether what takes long should leave the rest to another sitting.
bool Workers::is_ending() {
  if (Interrupt::raised()) return true;
  const std::lock_guard lock(mutex_);
  return abandoned_ || error_;
}

}  // namespace gnc
