#include "host/experiment/run_experiment.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "host/engine/cpu_engine.hpp"
#include "host/errors.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/problem/random_problem.hpp"
#include "host/statistics/clopper_pearson.hpp"
#include "tests/experiment/run_numbers.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

RunOptions cpu_options(int threads) {
  RunOptions options;
  options.workers.threads = threads;
  options.workers.make_engine = [](int) { return std::make_unique<CpuEngine>(); };
  return options;
}

Ledger new_ledger(const ScratchFolder& scratch, const Config& config) {
  return Ledger::create(scratch.path(), config, "cpu", "fma", std::nullopt);
}

std::vector<CellNumbers> numbers_of_run(const Config& config, int threads) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, config);
  EXPECT_EQ(run_experiment(ledger, cpu_options(threads)), RunOutcome::Finished);
  return run_numbers(ledger);
}

/// Calls back before each chunk; the count is over all engines of the run.
class WatchedEngine final : public Engine {
 public:
  WatchedEngine(std::atomic<int>& chunks, std::function<void(int)> before)
      : chunks_(chunks), before_(std::move(before)) {}
  std::string name() const override { return engine_.name(); }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override {
    before_(++chunks_);
    return engine_.run_chunk(cell, range, tolerances, max_stored);
  }

 private:
  CpuEngine engine_;
  std::atomic<int>& chunks_;
  std::function<void(int)> before_;
};

// Each chunk is a whole cell, and slow enough for its end to be shown.
TEST(RunExperiment, ProgressNumbersTheCellThatItNames) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger =
      new_ledger(scratch, small_experiment({{"gd", false}, {"widths", {4}}, {"chunk_size", 1'000'000}}));
  RunOptions options = cpu_options(1);
  std::atomic<int> chunks = 0;
  options.workers.make_engine = [&](int) {
    return std::make_unique<WatchedEngine>(
        chunks, [](int) { std::this_thread::sleep_for(std::chrono::milliseconds(250)); });
  };
  std::FILE* stream = std::tmpfile();
  ASSERT_NE(stream, nullptr);
  Progress progress(stream, ProgressStyle::Live);
  options.progress = &progress;
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  std::string text(static_cast<std::size_t>(std::ftell(stream)), ' ');
  std::rewind(stream);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), stream), text.size());
  std::fclose(stream);
  EXPECT_NE(text.find("1/2 w4 d3 s0  2e4/2e4"), std::string::npos) << text;
  EXPECT_EQ(text.find("2/2 w4 d3 s0"), std::string::npos) << text;
}

TEST(RunExperiment, NumbersDependNeitherOnThreadsNorOnChunks) {
  const auto expected = numbers_of_run(small_experiment({{"chunk_size", 1'000'000}}), 1);
  for (const CellNumbers& cell : expected) {
    EXPECT_EQ(cell.drawn, 20'000u);
    EXPECT_GT(cell.accepted[0].count, 150u);  // more than are stored
    EXPECT_GT(cell.accepted[1].count, 10u);
    EXPECT_GE(cell.stored.size(), 150u);
    EXPECT_EQ(cell.prior.count, 1280u);  // blocks 0, 16, .., 304 of 64 draws
    EXPECT_TRUE(cell.descended);
  }
  for (const int threads : {1, 2, 7}) {
    for (const int chunk_size : {333, 1024, 6000}) {
      SCOPED_TRACE(std::to_string(threads) + " threads, chunks of " + std::to_string(chunk_size));
      expect_same_numbers(numbers_of_run(small_experiment({{"chunk_size", chunk_size}}), threads), expected);
    }
  }
}

TEST(RunExperiment, StatisticsDoNotDependOnHowManyDrawsAreStored) {
  std::vector<RunResults> results;
  std::vector<std::vector<CellNumbers>> numbers;
  for (const std::int64_t max_stored : {1'000'000'000, 1, 0}) {
    const ScratchFolder scratch;
    const Interrupt interrupt;
    Ledger ledger = new_ledger(scratch, small_experiment({{"chunk_size", 999}, {"max_stored", max_stored}}));
    run_experiment(ledger, cpu_options(2));
    results.push_back(collect_results(ledger));
    numbers.push_back(run_numbers(ledger));
  }
  for (std::size_t cell = 0; cell < results[0].cells.size(); ++cell) {
    const CellNumbers& all = numbers[0][cell];
    EXPECT_EQ(all.stored.size(), all.accepted[0].count);
    // The first draw at each tolerance, which may be the same.
    EXPECT_EQ(numbers[1][cell].stored.front(), all.stored.front());
    EXPECT_LE(numbers[1][cell].stored.size(), 2u);
    EXPECT_TRUE(numbers[2][cell].stored.empty());
    for (const std::size_t other : {1, 2}) {
      EXPECT_TRUE(numbers[other][cell].accepted == all.accepted);
      EXPECT_TRUE(numbers[other][cell].prior == all.prior);
      for (std::size_t t = 0; t < 2; ++t) {
        const ToleranceResult& got = results[other].cells[cell].tolerances[t];
        const ToleranceResult& expected = results[0].cells[cell].tolerances[t];
        EXPECT_EQ(got.accepted, expected.accepted);
        EXPECT_EQ(got.rate_low, expected.rate_low);
        EXPECT_EQ(got.rate_high, expected.rate_high);
        EXPECT_EQ(got.gnc_gen, expected.gnc_gen);
        EXPECT_EQ(got.gnc_gen_se, expected.gnc_gen_se);
        EXPECT_EQ(got.quantile_draws, other == 1 ? 1u : 0u);
        EXPECT_EQ(got.gnc_gen_median.has_value(), other == 1);
      }
      EXPECT_EQ(results[other].cells[cell].prior_gen, results[0].cells[cell].prior_gen);
    }
  }
}

/// The CPU's engine, which counts the draws that it keeps from an index on.
class CountingEngine final : public Engine {
 public:
  CountingEngine(std::uint64_t from, std::atomic<std::uint64_t>& kept) : from_(from), kept_(kept) {}
  std::string name() const override { return engine_.name(); }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override {
    ChunkResult result = engine_.run_chunk(cell, range, tolerances, max_stored);
    if (range.begin >= from_) kept_ += result.stored.size();
    return result;
  }

 private:
  CpuEngine engine_;
  std::uint64_t from_;
  std::atomic<std::uint64_t>& kept_;
};

TEST(RunExperiment, AToleranceThatNothingMeetsKeepsNoDrawsOfAnother) {
  const auto with_chunks = [](std::int64_t size) {
    return small_experiment({{"gd", false}, {"gnc_eps_train", {0.1, 1e-9}}, {"chunk_size", size}});
  };
  const auto expected = numbers_of_run(with_chunks(20'000), 1);
  for (const CellNumbers& cell : expected) {
    ASSERT_EQ(cell.accepted[1].count, 0u);
    EXPECT_EQ(cell.stored.size(), 150u);
  }
  for (const int threads : {1, 2, 7}) {
    SCOPED_TRACE(std::to_string(threads) + " threads");
    const ScratchFolder scratch;
    const Interrupt interrupt;
    Ledger ledger = new_ledger(scratch, with_chunks(100));
    RunOptions options = cpu_options(threads);
    std::atomic<std::uint64_t> kept_late{0};
    // The first 150 are met by draw 4000 or so, and nine chunks may be in flight or wait to be recorded. Of
    // several threads the one with the lowest chunk may be late by any number of others.
    options.workers.make_engine = [&](int) { return std::make_unique<CountingEngine>(12'000, kept_late); };
    EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
    if (threads == 1) {
      EXPECT_EQ(kept_late, 0u);
    }
    expect_same_numbers(run_numbers(ledger), expected);
  }
}

// The sums against the accepted draws themselves: means from the ledger's rows, added in double precision.
TEST(RunExperiment, MeansAreThoseOfTheStoredDraws) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment({{"max_stored", 1'000'000}, {"gd", false}}));
  run_experiment(ledger, cpu_options(2));
  const RunResults results = collect_results(ledger);
  for (std::size_t cell = 0; cell < results.cells.size(); ++cell) {
    for (const ToleranceResult& result : results.cells[cell].tolerances) {
      double sum = 0.0;
      std::uint64_t count = 0;
      for (const AcceptedDraw& draw : ledger.accepted(cell)) {
        if (static_cast<double>(draw.train_loss) >= result.eps_train) continue;
        sum += static_cast<double>(draw.gen_loss);
        ++count;
      }
      EXPECT_EQ(result.accepted, count);
      EXPECT_NEAR(result.gnc_gen.value(), sum / static_cast<double>(count), 1e-11);
      EXPECT_EQ(result.acceptance_rate, static_cast<double>(count) / 20'000.0);
    }
  }
}

TEST(RunExperiment, InterruptedAndResumedEqualsUninterrupted) {
  const Config config = small_experiment({{"chunk_size", 500}});
  const auto expected = numbers_of_run(config, 2);
  const ScratchFolder scratch;
  new_ledger(scratch, config);
  int sittings = 0;
  for (RunOutcome outcome = RunOutcome::Interrupted; outcome == RunOutcome::Interrupted; ++sittings) {
    ASSERT_LT(sittings, 100);
    const Interrupt interrupt;
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    std::atomic<int> chunks{0};
    RunOptions options = cpu_options(1 + sittings % 3);
    options.workers.make_engine = [&](int) {
      return std::make_unique<WatchedEngine>(chunks, [](int count) {
        if (count == 13) std::raise(SIGINT);
      });
    };
    const auto before = run_numbers(ledger);
    outcome = run_experiment(ledger, options);
    const auto after = run_numbers(ledger);
    std::uint64_t drawn = 0;
    for (std::size_t cell = 0; cell < after.size(); ++cell) drawn += after[cell].drawn - before[cell].drawn;
    // Chunks in flight when the signal came are finished and saved, those not begun are not.
    EXPECT_EQ(drawn, 500u * static_cast<unsigned>(chunks));
  }
  EXPECT_GT(sittings, 5);
  expect_same_numbers(run_numbers(scratch.path()), expected);
}

TEST(RunExperiment, AnExceptionEndsTheRunAndKeepsWhatIsFinished) {
  const Config config = small_experiment({{"chunk_size", 500}});
  const auto expected = numbers_of_run(config, 1);
  for (const int threads : {1, 3}) {
    const ScratchFolder scratch;
    const Interrupt interrupt;
    {
      Ledger ledger = new_ledger(scratch, config);
      std::atomic<int> chunks{0};
      RunOptions options = cpu_options(threads);
      options.workers.make_engine = [&](int) {
        return std::make_unique<WatchedEngine>(chunks, [](int count) {
          if (count == 60) throw RunError("the device has fallen off the bus");
        });
      };
      try {
        run_experiment(ledger, options);
        FAIL();
      } catch (const RunError& error) {
        EXPECT_STREQ(error.what(), "the device has fallen off the bus");
      }
      std::uint64_t drawn = 0;
      for (const CellNumbers& cell : run_numbers(ledger)) drawn += cell.drawn;
      EXPECT_EQ(drawn, 500u * static_cast<unsigned>(chunks - 1));
      EXPECT_GE(drawn, 500u * 59u);
    }
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    EXPECT_EQ(run_experiment(ledger, cpu_options(2)), RunOutcome::Finished);
    expect_same_numbers(run_numbers(ledger), expected);
  }
}

TEST(RunExperiment, AnEngineThatCannotBeMadeEndsTheRun) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment({{"gd", false}}));
  RunOptions options = cpu_options(3);
  options.workers.make_engine = [](int) -> std::unique_ptr<Engine> { throw RunError("no device"); };
  EXPECT_THROW(run_experiment(ledger, options), RunError);
  EXPECT_EQ(ledger.totals(0).drawn, 0u);
}

/// The CPU's engine for populations: the first one made fails as soon as the second one begins with its own.
class FailingPair final : public Engine {
 public:
  FailingPair(bool fails, std::atomic<bool>& begun) : fails_(fails), begun_(begun) {}
  std::string name() const override { return engine_.name(); }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override {
    return engine_.run_chunk(cell, range, tolerances, max_stored);
  }
  std::unique_ptr<ParticleStore> particles(const PreparedCell& cell, std::uint32_t populations,
                                           std::uint64_t count) override {
    if (fails_) {
      while (!begun_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      throw RunError("the device has fallen off the bus");
    }
    begun_ = true;
    return engine_.particles(cell, populations, count);
  }

 private:
  CpuEngine engine_;
  bool fails_;
  std::atomic<bool>& begun_;
};

TEST(RunExperiment, AFailureLeavesThePopulationsOfOthersToBeGoneOnWith) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment({{"gd", false},
                                                        {"estimator", "splitting"},
                                                        {"gnc_eps_train", 1e-6},
                                                        {"splitting_particles", 20'000},
                                                        {"splitting_sweeps", 20},
                                                        {"splitting_populations", 2}}));
  RunOptions options = cpu_options(2);
  std::atomic<bool> begun{false};
  options.workers.make_engine = [&](int worker) { return std::make_unique<FailingPair>(worker == 0, begun); };
  EXPECT_THROW(run_experiment(ledger, options), RunError);
  int states = 0;
  for (std::uint64_t population = 0; population < 2; ++population) {
    states += ledger.population_state(0, population) ? 1 : 0;
  }
  EXPECT_EQ(states, 1);
  EXPECT_TRUE(ledger.totals(0).populations.empty());
}

TEST(RunExperiment, AFinishedRunIsLeftAlone) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment());
  run_experiment(ledger, cpu_options(2));
  const auto expected = run_numbers(ledger);
  RunOptions options = cpu_options(2);
  std::atomic<int> chunks{0};
  options.workers.make_engine = [&](int) { return std::make_unique<WatchedEngine>(chunks, [](int) {}); };
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  EXPECT_EQ(chunks, 0);
  expect_same_numbers(run_numbers(ledger), expected);
}

/// The CPU's engine under a name, which notes the largest chunk it met.
class NamedEngine final : public Engine {
 public:
  NamedEngine(std::string name, std::atomic<std::uint64_t>& largest)
      : name_(std::move(name)), largest_(largest) {}
  std::string name() const override { return name_; }
  ChunkResult run_chunk(const PreparedCell& cell, DrawRange range, std::span<const double> tolerances,
                        const StoreLimits& max_stored) override {
    if (range.size() > largest_) largest_ = range.size();
    return engine_.run_chunk(cell, range, tolerances, max_stored);
  }

 private:
  std::string name_;
  std::atomic<std::uint64_t>& largest_;
  CpuEngine engine_;
};

TEST(RunExperiment, ACoreBesideADeviceTakesSmallerChunks) {
  const Interrupt interrupt;
  const Config config = small_experiment({{"chunk_size", 6400}});
  const auto expected = numbers_of_run(config, 1);
  const ScratchFolder scratch;
  Ledger ledger = Ledger::create(scratch.path(), config, "cuda-fused+cpu", "both", std::nullopt);
  RunOptions options = cpu_options(2);
  std::atomic<std::uint64_t> largest_of_device{0};
  std::atomic<std::uint64_t> largest_of_core{0};
  options.workers.make_engine = [&](int worker) {
    if (worker != 0) return std::make_unique<NamedEngine>("cpu", largest_of_core);
    // The device draws once the core has had a chunk.
    while (largest_of_core == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::make_unique<NamedEngine>("cuda-fused", largest_of_device);
  };
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  EXPECT_EQ(largest_of_core, 100u);
  EXPECT_GT(largest_of_device, 100u);
  expect_same_numbers(run_numbers(ledger), expected);
}

TEST(CollectResults, NothingAcceptedStaysUnknown) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger =
      new_ledger(scratch, small_experiment({{"gnc_eps_train", 1e-12}, {"gnc_num_samples", 1000}}));
  run_experiment(ledger, cpu_options(1));
  const RunResults results = collect_results(ledger);
  EXPECT_TRUE(results.finished);
  for (const CellResult& cell : results.cells) {
    const ToleranceResult& result = cell.tolerances.at(0);
    EXPECT_EQ(result.accepted, 0u);
    EXPECT_EQ(result.rate_low, 0.0);
    // No success in 1000 draws: the bound p solves (1 - p)^1000 = 0.025.
    EXPECT_NEAR(result.rate_high, 1.0 - std::pow(0.025, 1e-3), 1e-12);
    EXPECT_FALSE(result.gnc_gen || result.gnc_gen_se || result.gnc_gen_median || result.gnc_gen_q25);
    EXPECT_TRUE(cell.prior_gen && cell.gd_gen);
  }
}

TEST(CollectResults, AnUnfinishedRunSaysSo) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment());
  EXPECT_FALSE(collect_results(ledger).finished);
  EXPECT_EQ(collect_results(ledger).cells.at(0).drawn, 0u);
  run_experiment(ledger, cpu_options(2));
  EXPECT_TRUE(collect_results(ledger).finished);
}

// At width 1 a normalised Linear Y is u v^T / (|u| |v|) of two normal vectors, at any depth.
TEST(CollectResults, IntervalsAllowForNormalisedProductsBeyondSinglePrecision) {
  const nlohmann::ordered_json changes = {
      {"activation", "Linear"},   {"gnc_normalize", true}, {"gnc_softening", 0.0}, {"gnc_eps_train", 0.1},
      {"gnc_num_samples", 50000}, {"num_seeds", 1},        {"widths", {1}},        {"gd", false}};
  for (const int depth : {40, 130}) {
    nlohmann::ordered_json deep = changes;
    deep["depth"] = depth;
    const Config config = small_experiment(deep);
    const Problem problem = random_problem(config, 0);
    std::mt19937_64 words(7);
    std::normal_distribution<double> normal;
    constexpr int kDraws = 200'000;
    int below = 0;
    for (int i = 0; i < kDraws; ++i) {
      const Eigen::Vector3d u = Eigen::Vector3d::NullaryExpr([&] { return normal(words); });
      const Eigen::RowVector3d v = Eigen::RowVector3d::NullaryExpr([&] { return normal(words); });
      const RowMatrix Y = u.normalized() * v.normalized();
      const Eigen::VectorXd residual = problem.A_train * Y.reshaped<Eigen::RowMajor>() - problem.b_train;
      below += residual.squaredNorm() / static_cast<double>(problem.n_train()) < 0.1 ? 1 : 0;
    }
    const double truth = static_cast<double>(below) / kDraws;

    const ScratchFolder scratch;
    const Interrupt interrupt;
    Ledger ledger = new_ledger(scratch, config);
    run_experiment(ledger, cpu_options(2));
    const CellResult cell = collect_results(ledger).cells.at(0);
    const ToleranceResult& result = cell.tolerances.at(0);
    EXPECT_LT(result.rate_low, truth) << depth;
    EXPECT_GT(result.rate_high, truth) << depth;
    EXPECT_NEAR(result.high().log10, std::log10(result.rate_high), 1e-12);
    const double sigma = std::sqrt(truth * (1.0 - truth) * (1.0 / kDraws + 1.0 / 50000));
    if (depth == 40) {
      EXPECT_NEAR(result.acceptance_rate, truth, 4.0 * sigma);
      EXPECT_LT(result.rate_high - result.acceptance_rate, 4.0 * sigma);
      EXPECT_EQ(cell.without_loss, 0u);
    } else {
      EXPECT_LT(result.acceptance_rate, truth - 6.0 * sigma) << "nothing is lost: another depth tests this";
      EXPECT_GT(cell.without_loss, 0u);
    }
  }
}

// Losses beyond the sums are accepted as others are.
TEST(CollectResults, LargeTargetsRaiseNoInterval) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment({{"gnc_normalize", true},
                                                        {"gt_norm", 1000.0},
                                                        {"gnc_eps_train", 1e5},
                                                        {"num_seeds", 1},
                                                        {"gd", false}}));
  run_experiment(ledger, cpu_options(2));
  for (const CellResult& cell : collect_results(ledger).cells) {
    EXPECT_GT(cell.saturated, 0u);
    EXPECT_EQ(cell.without_loss, 0u);
    const ToleranceResult& result = cell.tolerances.at(0);
    EXPECT_EQ(result.rate_high, clopper_pearson(result.accepted, cell.drawn).high);
  }
}

Config with_infinite_width() {
  return small_experiment({{"widths", {4, "inf"}},
                           {"activation", "Linear"},
                           {"draw", "product"},
                           {"gnc_num_samples", 5000},
                           {"chunk_size", 500}});
}

TEST(RunExperiment, AnInfiniteWidthIsNotDescended) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, with_infinite_width());
  RunOptions options = cpu_options(2);
  std::vector<std::int64_t> descended;
  options.descend = [&](std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                        const DescentFinished& finished) {
    for (const DescentRun& run : runs) descended.push_back(run.width);
    run_descents(runs, 1, stop, finished);
  };
  ASSERT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  EXPECT_EQ(descended, (std::vector<std::int64_t>{4, 4}));
  const RunResults results = collect_results(ledger);
  EXPECT_TRUE(results.finished);
  for (const CellResult& cell : results.cells) {
    EXPECT_EQ(cell.drawn, 5000u);
    EXPECT_GT(cell.tolerances[0].accepted, 0u);
    EXPECT_EQ(cell.gd_gen.has_value(), cell.width == 4);
    EXPECT_EQ(cell.gd_train.has_value(), cell.width == 4);
  }
}

TEST(RunExperiment, AnInfiniteWidthIsResumedBitForBit) {
  const auto expected = numbers_of_run(with_infinite_width(), 1);
  const ScratchFolder scratch;
  new_ledger(scratch, with_infinite_width());
  for (int sitting = 0; sitting < 2; ++sitting) {
    const Interrupt interrupt;
    Ledger ledger = Ledger::open(scratch.path(), Database::Mode::ReadWrite);
    std::atomic<int> chunks{0};
    RunOptions options = cpu_options(2);
    options.workers.make_engine = [&](int) {
      return std::make_unique<WatchedEngine>(chunks, [&](int count) {
        if (sitting == 0 && count == 27) std::raise(SIGINT);
      });
    };
    EXPECT_EQ(run_experiment(ledger, options), sitting == 0 ? RunOutcome::Interrupted : RunOutcome::Finished);
  }
  expect_same_numbers(run_numbers(scratch.path()), expected);
}

TEST(RunExperiment, ASweepOfAnInfiniteWidthAloneHasNoDescent) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Config config = with_infinite_width();
  config.points.erase(config.points.begin());
  Ledger ledger = new_ledger(scratch, config);
  RunOptions options = cpu_options(1);
  options.descend = [](std::span<const DescentRun>, const std::atomic<bool>&, const DescentFinished&) {
    ADD_FAILURE() << "nothing can descend";
  };
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  EXPECT_TRUE(collect_results(ledger).finished);
}

TEST(RunExperiment, DescentGoesTheWayThatIsAskedFor) {
  const ScratchFolder scratch;
  const Interrupt interrupt;
  Ledger ledger = new_ledger(scratch, small_experiment());
  RunOptions options = cpu_options(1);
  std::size_t asked = 0;
  options.descend = [&](std::span<const DescentRun> runs, const std::atomic<bool>& stop,
                        const DescentFinished& finished) {
    EXPECT_FALSE(stop);
    asked = runs.size();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      EXPECT_EQ(runs[i].epochs, 300);
      finished(i, {static_cast<double>(i), 2.0, 3.0});
    }
  };
  EXPECT_EQ(run_experiment(ledger, options), RunOutcome::Finished);
  ASSERT_EQ(asked, ledger.cells().size());
  for (std::size_t cell = 0; cell < asked; ++cell) {
    const auto record = ledger.descent(cell);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->gd_gen, static_cast<double>(cell));
    EXPECT_EQ(record->gd_train, 2.0);
  }
}

}  // namespace
}  // namespace gnc
