#include "host/experiment/run_experiment.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "host/config/sweep.hpp"
#include "host/descent/descent.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/chunk_queue.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/rank_server.hpp"
#include "host/experiment/workers.hpp"
#include "host/splitting/curve_points.hpp"
#include "host/stopwatch.hpp"

namespace gnc {
namespace {

/// One run of an experiment from what its ledger holds to the end.
class ExperimentRun {
 public:
  ExperimentRun(Ledger& ledger, const RunOptions& options)
      : ledger_(ledger), options_(options), source_(ledger.plan()) {}

  RunOutcome run() {
    std::vector<ChunkQueue::CellState> states = read_state();
    descend();
    if (!Interrupt::raised()) draw(std::move(states));
    look_at(first_unfinished());
    snapshot_.elapsed_seconds = watch_.seconds();
    if (options_.progress != nullptr) options_.progress->finish(snapshot_);
    return Interrupt::raised() ? RunOutcome::Interrupted : RunOutcome::Finished;
  }

 private:
  std::vector<ChunkQueue::CellState> read_state() {
    std::vector<ChunkQueue::CellState> states;
    finished_.resize(ledger_.cells().size());
    accepted_.resize(ledger_.cells().size());
    levels_.resize(ledger_.cells().size());
    for (std::size_t cell = 0; cell < ledger_.cells().size(); ++cell) {
      ChunkQueue::CellState state{ledger_.finished(cell), {}};
      const DrawRange part = ledger_.plan().range(cell);
      for (const FinishedDraws& draws : state.finished) {
        finished_[cell] += draws.range.size();
        accepted_[cell] += draws.accepted.front();
      }
      if (ledger_.cells()[cell].plan.estimator == Estimator::Splitting) {
        for (std::uint64_t population = part.begin; population < part.end; ++population) {
          if (auto begun = ledger_.population_state(cell, population))
            state.begun.emplace(population, *std::move(begun));
        }
      }
      const std::uint64_t drawn = draws_in(cell, finished_[cell]);
      const std::uint64_t budget = draws_in(cell, part.size());
      snapshot_.draws_done += drawn;
      snapshot_.draws_total +=
          std::min(budget, std::numeric_limits<std::uint64_t>::max() - snapshot_.draws_total);
      snapshot_.work_done += draw_cost(cell) * static_cast<double>(drawn);
      snapshot_.work_total += draw_cost(cell) * static_cast<double>(budget);
      if (finished_[cell] == part.size()) {
        ledger_.trim(cell);  // an earlier sitting may have been killed between its last chunk and this
        ++snapshot_.cells_done;
      }
      states.push_back(std::move(state));
    }
    snapshot_.draws_before = snapshot_.draws_done;
    snapshot_.work_before = snapshot_.work_done;
    snapshot_.cells_total = static_cast<std::int64_t>(ledger_.cells().size());
    look_at(first_unfinished());
    return states;
  }

  /// Draws of `units` of a cell's budget. A population's forward passes depend on its levels; this many are
  /// taken for it.
  std::uint64_t draws_in(std::size_t cell, std::uint64_t units) const {
    constexpr std::int64_t kLevels = 30;
    const Config& config = ledger_.config();
    const PlannedCell& known = ledger_.cells()[cell];
    if (known.plan.estimator != Estimator::Splitting) return units;
    const std::uint64_t particles = particles_that_fit(
        weights_per_draw(config, known.point), static_cast<std::uint64_t>(config.splitting_particles));
    return units * particles * static_cast<std::uint64_t>(1 + kLevels * config.splitting_sweeps);
  }

  /// Of draw_work, and of what every draw needs besides: some, and in `conditional` a share of each
  /// measurement, which counts where cells differ in width.
  double draw_cost(std::size_t cell) const {
    const Config& config = ledger_.config();
    const PlannedCell& known = ledger_.cells()[cell];
    const double of_each = known.plan.estimator == Estimator::Conditional ? 160.0 : 0.0;
    return 20.0 + static_cast<double>(draw_work(config, known.point, known.plan.estimator)) +
           of_each * static_cast<double>(config.num_measurements);
  }

  /// The last one where all are finished.
  std::size_t first_unfinished() const {
    std::size_t cell = 0;
    while (cell + 1 < finished_.size() && finished_[cell] == ledger_.plan().range(cell).size()) ++cell;
    return cell;
  }

  void look_at(std::size_t cell) {
    const PlannedCell& known = ledger_.cells()[cell];
    snapshot_.cell = static_cast<std::int64_t>(cell) + 1;
    snapshot_.width = known.point.width;
    snapshot_.depth = known.point.depth;
    snapshot_.seed = known.seed;
    snapshot_.cell_estimator = known.plan.estimator;
    snapshot_.cell_drawn = finished_[cell];
    snapshot_.cell_budget = ledger_.plan().range(cell).size();
    snapshot_.cell_accepted = accepted_[cell];
    snapshot_.cell_level = levels_[cell];
  }

  void show(std::size_t cell) {
    look_at(cell);
    snapshot_.elapsed_seconds = watch_.seconds();
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
      if (!ledger_.plan().descends(cell)) continue;
      ++snapshot_.gd_total;
      if (ledger_.descent(cell)) {
        ++snapshot_.gd_done;
        continue;
      }
      const PlannedCell& known = ledger_.cells()[cell];
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
      options_.before_recording();
      ledger_.record_descent(cells[run], {result.gd_gen, result.gd_train, result.seconds});
      ++snapshot_.gd_done;
      show(cells[run]);
    };
    if (options_.descend) {
      options_.descend(runs, Interrupt::raised(), finished);
    } else {
      run_descents(runs, options_.workers.threads, Interrupt::raised(), finished);
    }
  }

  void draw(std::vector<ChunkQueue::CellState> states) {
    std::optional<RankServer> others;
    WorkerOptions worker_options = options_.workers;
    const bool among_ranks = options_.ranks != nullptr && options_.ranks->size() > 1;
    if (among_ranks) worker_options.processes = options_.ranks->size();
    ChunkQueue queue(ledger_.plan(), std::move(states), worker_options.threads * worker_options.processes);
    if (among_ranks) others.emplace(*options_.ranks, ledger_.plan(), queue);
    Workers workers(ledger_.plan(), source_, queue, worker_options);
    const auto wait = std::chrono::milliseconds(others ? 2 : 100);
    std::size_t last_cell = first_unfinished();
    // Where a worker of this rank failed, what others have in flight is not waited for.
    while (!workers.idle() || (others && others->active() > 0 && !workers.failed())) {
      if (others && others->interrupted()) Interrupt::raise();
      if (Interrupt::raised()) {
        queue.close();
        if (others) others->stop();
      }
      const bool served = others && others->serve([&](const FinishedWork& work) {
        record(queue, work);
        last_cell = work.cell;
      });
      if (const std::optional<FinishedWork> work =
              workers.take(served ? std::chrono::milliseconds(0) : wait)) {
        record(queue, *work);
        last_cell = work->cell;
      } else if (others && !served && workers.idle()) {
        std::this_thread::sleep_for(wait);
      }
      show(last_cell);
    }
    if (others && others->interrupted()) Interrupt::raise();
    workers.rethrow();
  }

  void record(ChunkQueue& queue, const FinishedWork& work) {
    const std::size_t cell = work.cell;
    options_.before_recording();
    if (const auto* state = std::get_if<PopulationState>(&work.result)) {
      ledger_.record_population_state(cell, work.range.begin, *state);
      if (std::isfinite(work.level)) levels_[cell] = work.level;
      return;
    }
    if (const auto* population = std::get_if<PopulationRecord>(&work.result)) {
      ledger_.record_population(cell, work.range.begin, *population, work.seconds);
      levels_[cell] = 0.0;
    } else {
      const auto& result = std::get<ChunkResult>(work.result);
      ledger_.record_chunk(cell, work.range, result, work.seconds);
      FinishedDraws draws{work.range, {}};
      for (const LossSums& sums : result.accepted) draws.accepted.push_back(sums.count);
      queue.finished(cell, draws);
      accepted_[cell] += draws.accepted.front();
    }
    const std::uint64_t drawn = draws_in(cell, work.range.size());
    snapshot_.draws_done += drawn;
    snapshot_.work_done += draw_cost(cell) * static_cast<double>(drawn);
    finished_[cell] += work.range.size();
    if (finished_[cell] == ledger_.plan().range(cell).size()) {
      ledger_.trim(cell);
      ++snapshot_.cells_done;
    }
  }

  Ledger& ledger_;
  const RunOptions& options_;
  CellSource source_;
  Stopwatch watch_;
  std::vector<std::uint64_t> finished_;  // of each cell's budget
  std::vector<std::uint64_t> accepted_;
  std::vector<double> levels_;  // of a population of each under way, 0 unknown
  ProgressSnapshot snapshot_;
};

}  // namespace

RunOutcome run_experiment(Ledger& ledger, const RunOptions& options) {
  return ExperimentRun(ledger, options).run();
}

}  // namespace gnc
