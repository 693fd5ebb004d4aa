#include "host/experiment/run_experiment.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "host/config/sweep.hpp"
#include "host/descent/descent.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/chunk_queue.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/population_run.hpp"
#include "host/start_thread.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a worker did, on its way to the ledger: a chunk, a population, or a population to be gone on with.
struct FinishedWork {
  std::size_t cell = 0;
  std::uint64_t chunk = 0;
  std::variant<ChunkResult, PopulationRecord, PopulationState> result;
  double seconds = 0.0;
  double level = 0.0;  // of a population to be gone on with
};

/// The run's threads and what they hand to the thread that owns the ledger.
class Workers {
 public:
  Workers(ChunkQueue& queue, const Ledger& ledger, const RunOptions& options)
      : queue_(queue), ledger_(ledger), options_(options), running_(options.threads) {
    try {
      for (int i = 0; i < options.threads; ++i) threads_.push_back(start_thread([this] { work(); }));
    } catch (...) {
      stop();
      throw;
    }
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { stop(); }

  /// The next finished work, waiting a short while for it.
  std::optional<FinishedWork> take() {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, std::chrono::milliseconds(100), [this] { return !done_.empty() || running_ == 0; });
    if (done_.empty()) return std::nullopt;
    FinishedWork work = std::move(done_.front());
    done_.pop_front();
    room_.notify_one();
    return work;
  }

  /// No work is in flight or waiting.
  bool idle() {
    const std::lock_guard lock(mutex_);
    return running_ == 0 && done_.empty();
  }

  /// Throws what a worker threw.
  void rethrow() {
    const std::lock_guard lock(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

 private:
  /// Lets every thread end; their destructors wait for it.
  void stop() {
    queue_.close();
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
    }
    room_.notify_all();
  }

  void work() {
    try {
      const std::unique_ptr<Engine> engine = options_.make_engine();
      while (std::optional<ChunkTask> task = queue_.next()) {
        if (task->estimator == Estimator::Splitting) {
          run_population(*task);
          continue;
        }
        const Clock::time_point start = Clock::now();
        ChunkResult result =
            engine->run_chunk(*task->prepared, task->range, ledger_.config().gnc_eps_train, task->max_stored);
        hand_over(*task, std::move(result), share_of(seconds_since(start)));
      }
    } catch (...) {
      queue_.close();
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    --running_;
    ready_.notify_one();
  }

  /// Moves a population to the smallest tolerance. Its state is handed over now and then, and when the run is
  /// interrupted.
  void run_population(ChunkTask& task) {
    PopulationRun run(task, ledger_.config());
    const double between_states = run.seconds_between_states();
    double seconds = task.state ? task.state->seconds : 0.0;
    task.state.reset();
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
      hand_over(task, run.state(seconds), seconds, run.level());
      if (stopped) return;
      handed_over = Clock::now();
    }
    hand_over(task, run.record(), seconds);
  }

  /// Wall time of a worker's `seconds`: workers that found nothing left to do share no time.
  double share_of(double seconds) {
    const std::lock_guard lock(mutex_);
    return seconds / running_;
  }

  bool is_abandoned() {
    const std::lock_guard lock(mutex_);
    return abandoned_;
  }

  template <class Result>
  void hand_over(const ChunkTask& task, Result result, double seconds, double level = 0.0) {
    const std::size_t most_waiting = 4 * static_cast<std::size_t>(options_.threads) + 4;
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return abandoned_ || done_.size() < most_waiting; });
    done_.push_back({task.cell, task.chunk, std::move(result), seconds, level});
    ready_.notify_one();
  }

  ChunkQueue& queue_;
  const Ledger& ledger_;
  const RunOptions& options_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable room_;
  std::deque<FinishedWork> done_;
  std::exception_ptr error_;
  int running_;
  bool abandoned_ = false;
  std::vector<std::jthread> threads_;
};

/// One run of an experiment from what its ledger holds to the end.
class ExperimentRun {
 public:
  ExperimentRun(Ledger& ledger, const RunOptions& options)
      : ledger_(ledger), options_(options), source_(ledger) {}

  RunOutcome run() {
    std::vector<ChunkQueue::CellState> states = read_state();
    descend();
    if (!Interrupt::raised()) draw(std::move(states));
    snapshot_.elapsed_seconds = seconds_since(start_);
    if (options_.progress != nullptr) options_.progress->finish(snapshot_);
    return Interrupt::raised() ? RunOutcome::Interrupted : RunOutcome::Finished;
  }

 private:
  std::vector<ChunkQueue::CellState> read_state() {
    const Config& config = ledger_.config();
    std::vector<ChunkQueue::CellState> states;
    finished_.resize(ledger_.cells().size());
    drawn_.resize(ledger_.cells().size());
    accepted_.resize(ledger_.cells().size());
    levels_.resize(ledger_.cells().size());
    for (std::size_t cell = 0; cell < ledger_.cells().size(); ++cell) {
      ChunkQueue::CellState state{
          ledger_.finished_chunks(cell),
          StoredQuota(config.gnc_eps_train.size(), static_cast<std::uint64_t>(config.max_stored)),
          {}};
      finished_[cell] = state.finished.size();
      if (ledger_.cells()[cell].plan.estimator == Estimator::Splitting) {
        for (std::uint64_t chunk = 0; chunk < ledger_.n_chunks(cell); ++chunk) {
          if (auto begun = ledger_.population_state(cell, chunk))
            state.begun.emplace(chunk, *std::move(begun));
        }
      }
      for (const auto& [chunk, counts] : ledger_.accepted_by_chunk(cell)) {
        state.quota.add(chunk, counts);
        accepted_[cell] += counts.front();
      }
      for (const std::uint64_t chunk : state.finished) {
        const DrawRange range = ledger_.chunk_range(cell, chunk);
        drawn_[cell] += draws_in(cell, range);
      }
      const std::uint64_t budget = draws_in(cell, {0, ledger_.cells()[cell].plan.budget});
      snapshot_.draws_done += drawn_[cell];
      snapshot_.draws_total +=
          std::min(budget, std::numeric_limits<std::uint64_t>::max() - snapshot_.draws_total);
      snapshot_.work_done += draw_cost(cell) * static_cast<double>(drawn_[cell]);
      snapshot_.work_total += draw_cost(cell) * static_cast<double>(budget);
      if (finished_[cell] == ledger_.n_chunks(cell)) {
        trim(cell);  // an earlier sitting may have been killed between its last chunk and this
        ++snapshot_.cells_done;
      }
      states.push_back(std::move(state));
    }
    snapshot_.draws_before = snapshot_.draws_done;
    snapshot_.work_before = snapshot_.work_done;
    snapshot_.cells_total = static_cast<std::int64_t>(ledger_.cells().size());
    return states;
  }

  /// Draws of a range of a cell's budget. A population's forward passes depend on its levels; this many are
  /// taken for it.
  std::uint64_t draws_in(std::size_t cell, DrawRange range) const {
    constexpr std::int64_t kLevels = 30;
    const Config& config = ledger_.config();
    const std::uint64_t units = range.end - range.begin;
    if (ledger_.cells()[cell].plan.estimator != Estimator::Splitting) return units;
    return units *
           static_cast<std::uint64_t>(config.splitting_particles * (1 + kLevels * config.splitting_sweeps));
  }

  /// What a draw of the cell costs, in random numbers: its own, and some for what every draw needs besides.
  double draw_cost(std::size_t cell) const {
    const Config& config = ledger_.config();
    const LedgerCell& known = ledger_.cells()[cell];
    return 20.0 + static_cast<double>(known.plan.estimator == Estimator::Reject
                                          ? numbers_per_draw(config, known.point)
                                          : weights_per_draw(config, known.point));
  }

  void show(std::size_t cell) {
    const LedgerCell& known = ledger_.cells()[cell];
    snapshot_.width = known.point.width;
    snapshot_.depth = known.point.depth;
    snapshot_.seed = known.seed;
    snapshot_.cell_estimator = known.plan.estimator;
    const bool splitting = known.plan.estimator == Estimator::Splitting;
    snapshot_.cell_drawn = splitting ? finished_[cell] : drawn_[cell];
    snapshot_.cell_budget = known.plan.budget;
    snapshot_.cell_accepted = accepted_[cell];
    snapshot_.cell_level = levels_[cell];
    snapshot_.elapsed_seconds = seconds_since(start_);
    if (options_.progress != nullptr) options_.progress->update(snapshot_);
  }

  void descend() {
    const Config& config = ledger_.config();
    if (!config.gd) return;
    std::vector<Problem> problems;
    for (std::int64_t seed = 0; seed < config.num_seeds; ++seed) problems.push_back(source_.problem(seed));
    std::vector<DescentRun> runs;
    std::vector<std::size_t> cells;
    for (std::size_t cell = 0; cell < ledger_.cells().size(); ++cell) {
      if (!descends(config, ledger_.cells()[cell].point)) continue;
      ++snapshot_.gd_total;
      if (ledger_.descent(cell)) {
        ++snapshot_.gd_done;
        continue;
      }
      const LedgerCell& known = ledger_.cells()[cell];
      DescentRun run;
      run.problem = &problems[static_cast<std::size_t>(known.seed)];
      run.width = known.point.width;
      run.depth = known.point.depth;
      run.activation = config.activation;
      run.negative_slope = config.negative_slope;
      run.lr = known.point.gd_lr;
      run.init_scale = known.point.gd_init_scale;
      run.momentum = config.gd_momentum;
      run.epochs = config.gd_epochs;
      run.key = cell_key(config.seed, static_cast<std::uint64_t>(run.width),
                         static_cast<std::uint64_t>(run.depth), static_cast<std::uint64_t>(known.seed));
      runs.push_back(run);
      cells.push_back(cell);
    }
    if (runs.empty()) return;
    show(cells.front());
    const DescentFinished finished = [&](std::size_t run, const DescentResult& result) {
      ledger_.record_descent(cells[run], {result.gd_gen, result.gd_train, result.seconds});
      ++snapshot_.gd_done;
      show(cells[run]);
    };
    if (options_.descend) {
      options_.descend(runs, Interrupt::raised(), finished);
    } else {
      run_descents(runs, options_.threads, Interrupt::raised(), finished);
    }
  }

  void draw(std::vector<ChunkQueue::CellState> states) {
    ChunkQueue queue(ledger_, source_, std::move(states));
    Workers workers(queue, ledger_, options_);
    std::size_t last_cell = 0;
    while (!workers.idle()) {
      if (Interrupt::raised()) queue.close();
      if (const std::optional<FinishedWork> work = workers.take()) {
        record(queue, *work);
        last_cell = work->cell;
      }
      show(last_cell);
    }
    workers.rethrow();
  }

  void trim(std::size_t cell) {
    ledger_.trim_accepted(cell);
    if (ledger_.cells()[cell].plan.estimator == Estimator::Conditional) ledger_.trim_weighted(cell);
  }

  void record(ChunkQueue& queue, const FinishedWork& work) {
    const std::size_t cell = work.cell;
    if (const auto* state = std::get_if<PopulationState>(&work.result)) {
      ledger_.record_population_state(cell, work.chunk, *state);
      if (std::isfinite(work.level)) levels_[cell] = work.level;
      return;
    }
    if (const auto* population = std::get_if<PopulationRecord>(&work.result)) {
      ledger_.record_population(cell, work.chunk, *population, work.seconds);
      levels_[cell] = 0.0;
    } else {
      const auto& result = std::get<ChunkResult>(work.result);
      ledger_.record_chunk(cell, work.chunk, result, work.seconds);
      std::vector<std::uint64_t> counts;
      for (const LossSums& sums : result.accepted) counts.push_back(sums.count);
      queue.finished(cell, work.chunk, counts);
      accepted_[cell] += counts.front();
    }
    const std::uint64_t drawn = draws_in(cell, ledger_.chunk_range(cell, work.chunk));
    drawn_[cell] += drawn;
    snapshot_.draws_done += drawn;
    snapshot_.work_done += draw_cost(cell) * static_cast<double>(drawn);
    if (++finished_[cell] == ledger_.n_chunks(cell)) {
      trim(cell);
      ++snapshot_.cells_done;
    }
  }

  Ledger& ledger_;
  const RunOptions& options_;
  CellSource source_;
  Clock::time_point start_ = Clock::now();
  std::vector<std::uint64_t> finished_;  // chunks of each cell
  std::vector<std::uint64_t> drawn_;     // their draws
  std::vector<std::uint64_t> accepted_;
  std::vector<double> levels_;  // of a population of each under way, 0 unknown
  ProgressSnapshot snapshot_;
};

}  // namespace

RunOutcome run_experiment(Ledger& ledger, const RunOptions& options) {
  return ExperimentRun(ledger, options).run();
}

}  // namespace gnc
