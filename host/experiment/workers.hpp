#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "host/engine/engine.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/finished_queue.hpp"
#include "host/experiment/population_run.hpp"
#include "host/experiment/task_source.hpp"

namespace gnc {

/// How draws are made; none of it changes them.
struct WorkerOptions {
  int threads = 1;  ///< at least 1
  /// Called once by each worker, by its thread, with its number from 0.
  std::function<std::unique_ptr<Engine>(int worker)> make_engine;
  int processes = 1;  ///< that share the run
};

/// A process's threads: each takes tasks from a source, does them by an engine of its own, and hands the
/// results to the thread that owns this object.
class Workers {
 public:
  /// `plan`, `cells` and `tasks` must outlive this object.
  Workers(const RunPlan& plan, const CellSource& cells, TaskSource& tasks, const WorkerOptions& options);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  /// Waits for the tasks in flight.
  ~Workers() { stop(); }

  /// The next finished work, waiting for it for a while.
  std::optional<FinishedWork> take(std::chrono::milliseconds wait) { return done_.take(wait); }
  /// No work is in flight or waiting.
  bool idle() { return done_.ended(); }
  /// A worker threw; the others end soon.
  bool failed();
  /// Throws what a worker threw.
  void rethrow();

 private:
  void stop();
  void work(int worker);
  void run_populations(Engine& engine, ChunkTask task);
  void run_side_by_side(std::size_t cell, PopulationRun& run, const std::function<void()>& advanced);
  double share_of(double seconds);
  bool is_ending();

  const RunPlan& plan_;
  const CellSource& cells_;
  TaskSource& tasks_;
  WorkerOptions options_;
  FinishedQueue done_;
  std::mutex mutex_;
  std::exception_ptr error_;
  int running_;
  bool abandoned_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace gnc
