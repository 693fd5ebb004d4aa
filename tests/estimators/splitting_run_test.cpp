#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

#include "host/engine/cpu_engine.hpp"
#include "host/errors.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/population_run.hpp"
#include "host/experiment/run_experiment.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/point_summary.hpp"
#include "host/start_thread.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/host_device/host_particles.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

Config splitting_config() {
  return small_experiment({{"estimator", "splitting"},
                           {"gd", false},
                           {"num_seeds", 1},
                           {"gnc_eps_train", {0.1, 1e-4}},
                           {"splitting_particles", 200},
                           {"splitting_sweeps", 3},
                           {"splitting_populations", 3}});
}

RunOptions cpu_options(int threads) {
  RunOptions options;
  options.workers.threads = threads;
  options.workers.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  return options;
}

Ledger new_ledger(const ScratchFolder& scratch, const Config& config, const RunOptions& options) {
  return Ledger::create(scratch.path(), config, options.workers.make_engine(0)->name(), "fma", std::nullopt);
}

/// Everything the results follow from, save timings.
std::vector<PopulationRecord> populations_in(Ledger& ledger) {
  std::vector<PopulationRecord> all;
  for (std::size_t cell = 0; cell < ledger.cells().size(); ++cell) {
    for (PopulationRecord& record : ledger.totals(cell).populations) all.push_back(std::move(record));
  }
  return all;
}

void expect_same(const std::vector<PopulationRecord>& got, const std::vector<PopulationRecord>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(got[i].level, expected[i].level);
    ASSERT_EQ(got[i].curve.size(), expected[i].curve.size());
    for (std::size_t p = 0; p < got[i].curve.size(); ++p) {
      EXPECT_EQ(got[i].curve[p].eps_train, expected[i].curve[p].eps_train);
      EXPECT_EQ(got[i].curve[p].reached, expected[i].curve[p].reached);
      EXPECT_EQ(got[i].curve[p].log_rate, expected[i].curve[p].log_rate);
      EXPECT_EQ(got[i].curve[p].gen, expected[i].curve[p].gen);
      EXPECT_EQ(got[i].curve[p].below, expected[i].curve[p].below);
      EXPECT_EQ(got[i].curve[p].gen_losses, expected[i].curve[p].gen_losses);
    }
  }
}

/// What a run has a device move side by side at most, and the sizes of the batches it got.
struct DeviceBatches {
  std::uint32_t at_once = 1;
  std::vector<std::uint32_t> sizes = {};
  std::uint32_t that_fit = 1000;  ///< its memory has no room for more
};

/// Engine "cuda-fused" for populations, on a device that the host plays.
class HostDeviceEngine final : public Engine {
 public:
  explicit HostDeviceEngine(DeviceBatches& batches) : batches_(batches) {}
  std::string name() const override { return "cuda-fused"; }
  ChunkResult run_chunk(const PreparedCell&, DrawRange, std::span<const double>,
                        const StoreLimits&) override {
    throw std::logic_error("populations alone");
  }
  std::unique_ptr<ParticleStore> particles(const PreparedCell& cell, std::uint32_t populations,
                                           std::uint64_t count) override {
    batches_.sizes.push_back(populations);
    if (populations > batches_.that_fit) throw DeviceMemoryError("out of memory");
    return host_particles(cell.view(), populations, count);
  }
  std::uint32_t populations_at_once(const PreparedCell&, std::uint64_t count) override {
    EXPECT_EQ(count, 200u);
    return batches_.at_once;
  }

 private:
  DeviceBatches& batches_;
};

RunOptions device_options(DeviceBatches& batches) {
  RunOptions options;
  options.workers.make_engine = [&batches](int) { return std::make_unique<HostDeviceEngine>(batches); };
  return options;
}

/// A whole run of the config in one go.
std::vector<PopulationRecord> in_one_go(const Config& config, const RunOptions& options) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, config, options);
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  const RunResults results = collect_results(ledger);
  EXPECT_TRUE(results.finished);
  for (const CellResult& cell : results.cells) {
    EXPECT_EQ(cell.estimator, Estimator::Splitting);
    EXPECT_GT(cell.tolerances.back().acceptance_rate, 0.0);
    EXPECT_EQ(cell.curve.back().eps_train, 1e-4);
    EXPECT_EQ(cell.curve.back().acceptance_rate, cell.tolerances.back().acceptance_rate);
  }
  return populations_in(ledger);
}

TEST(SplittingRun, ThreadsChangeNothing) {
  const auto expected = in_one_go(splitting_config(), cpu_options(1));
  ASSERT_EQ(expected.size(), 6u);
  expect_same(in_one_go(splitting_config(), cpu_options(3)), expected);
}

TEST(SplittingRun, PopulationsSideBySideChangeNothing) {
  DeviceBatches batches;
  const auto expected = in_one_go(splitting_config(), device_options(batches));
  EXPECT_EQ(batches.sizes, std::vector<std::uint32_t>(6, 1));
  batches = {2};
  expect_same(in_one_go(splitting_config(), device_options(batches)), expected);
  EXPECT_EQ(batches.sizes, (std::vector<std::uint32_t>{2, 1, 2, 1}));
  batches = {100};
  expect_same(in_one_go(splitting_config(), device_options(batches)), expected);
  EXPECT_EQ(batches.sizes, (std::vector<std::uint32_t>{3, 3}));
}

TEST(SplittingRun, FewerPopulationsSideBySideWhereMemoryIsTakenMeanwhile) {
  DeviceBatches plenty;
  const auto expected = in_one_go(splitting_config(), device_options(plenty));
  DeviceBatches scarce{100, {}, 1};
  expect_same(in_one_go(splitting_config(), device_options(scarce)), expected);
  EXPECT_EQ(scarce.sizes, (std::vector<std::uint32_t>{3, 1, 1, 1, 3, 1, 1, 1}));

  DeviceBatches none{100, {}, 0};
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, splitting_config(), device_options(none));
  EXPECT_THROW(run_experiment(ledger, device_options(none)), DeviceMemoryError);
  EXPECT_EQ(none.sizes, (std::vector<std::uint32_t>{3, 1}));
}

// A core's populations and a device's differ in the last bits alone, until a move is taken by one of them.
TEST(SplittingRun, ADeviceStartsFromTheCoresParticles) {
  DeviceBatches batches{3};
  const auto of_device = in_one_go(splitting_config(), device_options(batches));
  const auto of_core = in_one_go(splitting_config(), cpu_options(1));
  ASSERT_EQ(of_device.size(), of_core.size());
  for (std::size_t i = 0; i < of_core.size(); ++i) {
    EXPECT_EQ(of_device[i].prior.count, of_core[i].prior.count);
    const double prior = of_core[i].prior.loss.value(kLossBits);
    EXPECT_NEAR(of_device[i].prior.loss.value(kLossBits), prior, 1e-5 * prior);
    EXPECT_EQ(of_device[i].curve.front().eps_train, of_core[i].curve.front().eps_train);
    EXPECT_EQ(of_device[i].curve.front().log_rate, of_core[i].curve.front().log_rate);
  }
}

// Every level of a population goes through the ledger and a new object.
TEST(SplittingRun, GoesOnFromEveryLevel) {
  const Config config = splitting_config();
  const auto expected = in_one_go(config, cpu_options(2));
  const ScratchFolder scratch;
  Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
  constexpr std::uint64_t kPopulation = 1;
  int levels = 0;
  for (bool finished = false; !finished; ++levels) {
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    std::map<std::uint64_t, PopulationState> begun;
    if (auto state = ledger.population_state(0, kPopulation)) begun.emplace(kPopulation, *std::move(state));
    // The first step draws the particles.
    EXPECT_EQ(begun.empty() ? 0 : begun.at(kPopulation).levels, std::max(0, levels - 1));
    const auto cell = CellSource(ledger.plan()).prepare(0);
    CpuEngine engine;
    PopulationRun run(engine, *cell, {kPopulation, kPopulation + 1}, config, begun);
    run.advance();
    finished = run.finished();
    if (finished) {
      expect_same({run.record(0)}, {expected[kPopulation]});
      ledger.record_population(0, kPopulation, run.record(0), 1.0);
      EXPECT_FALSE(ledger.population_state(0, kPopulation).has_value());
    } else {
      ledger.record_population_state(0, kPopulation, run.state(0));
    }
  }
  EXPECT_GT(levels, 5);
  Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadOnly);
  expect_same(ledger.totals(0).populations, {expected[kPopulation]});
}

/// A run that is interrupted again and again, after longer each time, so that it comes to an end on any
/// machine. `options_of`: those of each sitting.
std::vector<PopulationRecord> in_sittings(const Config& config,
                                          const std::function<RunOptions(int sitting)>& options_of) {
  const ScratchFolder scratch;
  new_ledger(scratch, config, options_of(0));
  int sittings = 0;
  for (RunOutcome outcome = RunOutcome::Interrupted; outcome == RunOutcome::Interrupted; ++sittings) {
    const Interrupt interrupt;
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    const std::jthread interrupting = start_thread([sittings](const std::stop_token& stop) {
      const auto when = std::chrono::steady_clock::now() + std::chrono::milliseconds(15 * (sittings + 1));
      while (!stop.stop_requested()) {
        if (std::chrono::steady_clock::now() > when) {
          std::raise(SIGINT);
          return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    outcome = run_experiment(ledger, options_of(sittings));
  }
  EXPECT_GT(sittings, 1);
  Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadOnly);
  return populations_in(ledger);
}

TEST(SplittingRun, InterruptedRunsEndWithTheSameNumbers) {
  Config config = splitting_config();
#ifdef __SANITIZE_ADDRESS__
  config.splitting_particles = 400;  // as long as 2000 elsewhere
#else
  config.splitting_particles = 2000;
#endif
  const auto expected = in_one_go(config, cpu_options(2));
  expect_same(in_sittings(config, [](int) { return cpu_options(2); }), expected);
}

// Populations side by side are at different levels when they go on with others than before.
TEST(SplittingRun, InterruptedRunsOfADeviceEndWithTheSameNumbers) {
  DeviceBatches batches;
  const auto expected = in_one_go(splitting_config(), device_options(batches));
  const auto options_of = [&](int sitting) {
    batches.at_once = 3 - static_cast<std::uint32_t>(sitting % 3);
    return device_options(batches);
  };
  expect_same(in_sittings(splitting_config(), options_of), expected);
}

/// The first cell of the experiment, on the CPU.
struct FirstCell {
  Config config = splitting_config();
  ScratchFolder scratch;
  Ledger ledger = Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
  std::shared_ptr<const PreparedCell> cell = CellSource(ledger.plan()).prepare(0);
  CpuEngine engine;
};

TEST(SplittingRun, TimeIsSharedByThoseThatTakeIt) {
  FirstCell first;
  PopulationRun before(first.engine, *first.cell, {1, 2}, first.config, {});
  before.advance();
  before.add_seconds(5.0);
  const PopulationState state = before.state(0);
  EXPECT_EQ(state.seconds, 5.0);
  PopulationRun run(first.engine, *first.cell, {0, 2}, first.config, {{1, state}});
  double all = 5.0, while_both = 5.0;
  while (!run.finished()) {
    const bool both = !run.finished(0) && !run.finished(1);
    run.advance();
    run.add_seconds(1.0);
    all += 1.0;
    if (both) while_both += 1.0;
  }
  EXPECT_DOUBLE_EQ(run.seconds(0) + run.seconds(1), all);
  EXPECT_DOUBLE_EQ(std::max(run.seconds(1) - 5.0, run.seconds(0)), (while_both - 5.0) / 2 + all - while_both);
}

TEST(SplittingRun, AStateOfAnotherPopulationIsRefused) {
  FirstCell first;
  EXPECT_THROW(PopulationRun(first.engine, *first.cell, {0, 1}, first.config,
                             {{0, {1, 0.0, std::vector<std::byte>(40)}}}),
               UsageError);
}

// SQLite takes no value of 10^9 bytes: 64 particles of 16 million weights have 4 * 10^9.
TEST(SplittingRun, StatesTooLargeForTheLedgerAreNotWritten) {
  Config config = splitting_config();
  config.points = {{4, 3, 0.1, 0.1}, {300, 3, 0.1, 0.1}, {4000, 3, 0.1, 0.1}};
  config.splitting_particles = 4096;
  const ScratchFolder scratch;
  Ledger ledger = Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
  std::vector<double> seconds;
  for (std::size_t cell = 0; cell < 3; ++cell) {
    const auto prepared = CellSource(ledger.plan()).prepare(cell);
    CpuEngine engine;
    const PopulationRun run(engine, *prepared, {0, 1}, config, {});
    for (const int workers : {1, 16}) seconds.push_back(run.seconds_between_states(workers));
  }
  EXPECT_EQ(seconds[0], 2.0);
  EXPECT_EQ(seconds[1], 2.0);
  EXPECT_NEAR(seconds[2], 16.0, 0.5) << "256 MiB";
  EXPECT_NEAR(seconds[3], 256.0, 8.0) << "4 GiB";
  EXPECT_TRUE(std::isinf(seconds[4]));
  EXPECT_TRUE(std::isinf(seconds[5]));
}

// The first to end are those of the fewest levels, which have the largest rates.
TEST(SplittingRun, WhilePopulationsAreOutstandingTheOthersGiveABound) {
  const Config config = splitting_config();
  auto populations = in_one_go(config, cpu_options(2));
  const ScratchFolder scratch;
  Ledger ledger = Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
  double largest = -INFINITY;
  for (std::uint64_t i = 0; i < 3; ++i) {
    populations[i].passes = 1000;  // which the ledger keeps as a sum
    ledger.record_population(0, i, populations[i], 1.0);
    largest = std::max(largest, populations[i].curve.back().log_rate);
    const RunResults run = collect_results(ledger);
    const CellResult& cell = run.cells.front();
    const ToleranceResult& result = cell.tolerances.back();
    const bool all = i == 2;
    EXPECT_EQ(cell.populations_outstanding, !all);
    EXPECT_EQ(result.has_rate(), all);
    EXPECT_EQ(result.gnc_gen.has_value(), all);
    EXPECT_EQ(cell.curve.empty(), !all);
    EXPECT_GE(std::log(result.rate_high), largest);
    const auto notes = honest_notes(run);
    EXPECT_EQ(std::ranges::any_of(
                  notes, [](const std::string& note) { return note.find("outstanding") != note.npos; }),
              !all);
  }
}

TEST(SplittingRun, AToleranceOutOfReachGivesABound) {
  // Two measurements of one entry that ask for different values.
  Config config = splitting_config();
  config.n_rows = config.n_cols = 2;
  config.num_measurements = 2;
  config.gnc_eps_train = {0.3, 1e-3};
  const std::string problem =
      R"({"n_rows": 2, "n_cols": 2, "ground_truth": [[1, 0], [0, 0]],)"
      R"("A_train": [[[1, 0], [0, 0]], [[1, 0], [0, 0]]], "b_train": [0, 1],)"
      R"("A_test": [[[0, 1], [0, 0]], [[0, 0], [1, 0]], [[0, 0], [0, 1]]], "b_test": [0, 0, 0]})";
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = Ledger::create(scratch.path(), config, "cpu", "fma", problem);
  ASSERT_EQ(run_experiment(ledger, cpu_options(2)), RunOutcome::Finished);
  for (const CellResult& cell : collect_results(ledger).cells) {
    EXPECT_GT(cell.tolerances[0].acceptance_rate, 0.0);
    const ToleranceResult& unreached = cell.tolerances[1];
    EXPECT_EQ(unreached.accepted, 0u);
    EXPECT_EQ(unreached.acceptance_rate, 0.0);
    EXPECT_EQ(unreached.rate_low, 0.0);
    EXPECT_FALSE(unreached.population_spread.has_value());
    // Of three populations: Student's t at 0.975 with 2 degrees of freedom is 4.3027.
    const ToleranceResult& reached = cell.tolerances[0];
    ASSERT_TRUE(reached.population_spread.has_value());
    const double variance = *reached.population_spread * *reached.population_spread;
    EXPECT_NEAR(std::log(reached.acceptance_rate / reached.rate_low),
                4.302652730 * std::sqrt(variance / 3.0 + variance * variance / 4.0), 1e-6);
    // P at a tolerance that contains it bounds it.
    EXPECT_GE(unreached.rate_high, cell.tolerances[0].rate_high);
    EXPECT_LT(unreached.rate_high, 0.5);
    EXPECT_FALSE(unreached.gnc_gen.has_value());
    ASSERT_TRUE(cell.level_reached.has_value());
    // No value of the entry has a train loss below 1/4; the smallest tolerance above that is 0.3.
    EXPECT_EQ(*cell.level_reached, 0.3);
  }
}

}  // namespace
}  // namespace gnc
