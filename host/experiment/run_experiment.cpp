#include "host/experiment/run_experiment.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "host/descent/descent.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/chunk_queue.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/start_thread.hpp"

namespace gnc {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A finished chunk on its way from a worker to the ledger.
struct FinishedChunk {
  ChunkTask task;
  ChunkResult result;
  double seconds = 0.0;
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

  /// The next finished chunk, waiting a short while for it.
  std::optional<FinishedChunk> take() {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, std::chrono::milliseconds(100), [this] { return !done_.empty() || running_ == 0; });
    if (done_.empty()) return std::nullopt;
    FinishedChunk chunk = std::move(done_.front());
    done_.pop_front();
    room_.notify_one();
    return chunk;
  }

  /// No chunk is in flight or waiting.
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
      const std::size_t most_waiting = 4 * static_cast<std::size_t>(options_.threads) + 4;
      while (std::optional<ChunkTask> task = queue_.next()) {
        const Clock::time_point start = Clock::now();
        FinishedChunk chunk;
        chunk.result =
            engine->run_chunk(*task->prepared, task->range, ledger_.config().gnc_eps_train, task->max_stored);
        const double seconds = seconds_since(start);
        chunk.task = *std::move(task);
        std::unique_lock lock(mutex_);
        // Workers that found no chunk left share no time.
        chunk.seconds = seconds / running_;
        room_.wait(lock, [&] { return abandoned_ || done_.size() < most_waiting; });
        done_.push_back(std::move(chunk));
        ready_.notify_one();
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

  ChunkQueue& queue_;
  const Ledger& ledger_;
  const RunOptions& options_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable room_;
  std::deque<FinishedChunk> done_;
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
    drawn_.resize(ledger_.cells().size());
    accepted_.resize(ledger_.cells().size());
    for (std::size_t cell = 0; cell < ledger_.cells().size(); ++cell) {
      ChunkQueue::CellState state{
          ledger_.finished_chunks(cell),
          StoredQuota(config.gnc_eps_train.size(), static_cast<std::uint64_t>(config.max_stored))};
      for (const auto& [chunk, counts] : ledger_.accepted_by_chunk(cell)) {
        state.quota.add(chunk, counts);
        accepted_[cell] += counts.front();
      }
      for (const std::uint64_t chunk : state.finished) {
        const DrawRange range = ledger_.chunk_range(cell, chunk);
        drawn_[cell] += range.end - range.begin;
      }
      snapshot_.draws_done += drawn_[cell];
      snapshot_.work_done += draw_cost(cell) * static_cast<double>(drawn_[cell]);
      snapshot_.work_total += draw_cost(cell) * static_cast<double>(config.gnc_num_samples);
      if (drawn_[cell] == config.gnc_num_samples) {
        trim(cell);  // an earlier sitting may have been killed between its last chunk and this
        ++snapshot_.cells_done;
      }
      states.push_back(std::move(state));
    }
    snapshot_.draws_before = snapshot_.draws_done;
    snapshot_.work_before = snapshot_.work_done;
    snapshot_.cells_total = static_cast<std::int64_t>(ledger_.cells().size());
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t n_cells = ledger_.cells().size();
    snapshot_.draws_total =
        config.gnc_num_samples > kMost / n_cells ? kMost : config.gnc_num_samples * n_cells;
    snapshot_.cell_budget = config.gnc_num_samples;
    return states;
  }

  /// What a draw of the cell costs, in weights: its own, and some for what every draw needs besides.
  double draw_cost(std::size_t cell) const {
    const Config& config = ledger_.config();
    const Point& point = ledger_.cells()[cell].point;
    return 20.0 + static_cast<double>(n_weights(config.n_rows, config.n_cols, point.width, point.depth));
  }

  void show(std::size_t cell) {
    const LedgerCell& known = ledger_.cells()[cell];
    snapshot_.width = known.point.width;
    snapshot_.depth = known.point.depth;
    snapshot_.seed = known.seed;
    snapshot_.cell_drawn = drawn_[cell];
    snapshot_.cell_accepted = accepted_[cell];
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
      if (const std::optional<FinishedChunk> chunk = workers.take()) {
        record(queue, *chunk);
        last_cell = chunk->task.cell;
      }
      show(last_cell);
    }
    workers.rethrow();
  }

  void trim(std::size_t cell) {
    ledger_.trim_accepted(cell);
    if (ledger_.config().estimator == Estimator::Conditional) ledger_.trim_weighted(cell);
  }

  void record(ChunkQueue& queue, const FinishedChunk& chunk) {
    const std::size_t cell = chunk.task.cell;
    ledger_.record_chunk(cell, chunk.task.chunk, chunk.result, chunk.seconds);
    std::vector<std::uint64_t> counts;
    for (const LossSums& sums : chunk.result.accepted) counts.push_back(sums.count);
    queue.finished(cell, chunk.task.chunk, counts);
    accepted_[cell] += counts.front();
    drawn_[cell] += chunk.result.drawn;
    snapshot_.draws_done += chunk.result.drawn;
    snapshot_.work_done += draw_cost(cell) * static_cast<double>(chunk.result.drawn);
    if (drawn_[cell] == ledger_.config().gnc_num_samples) {
      trim(cell);
      ++snapshot_.cells_done;
    }
  }

  Ledger& ledger_;
  const RunOptions& options_;
  CellSource source_;
  Clock::time_point start_ = Clock::now();
  std::vector<std::uint64_t> drawn_;
  std::vector<std::uint64_t> accepted_;
  ProgressSnapshot snapshot_;
};

}  // namespace

RunOutcome run_experiment(Ledger& ledger, const RunOptions& options) {
  return ExperimentRun(ledger, options).run();
}

}  // namespace gnc
