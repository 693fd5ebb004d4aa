#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "host/cli/availability.hpp"
#include "host/cli/engine_choice.hpp"
#include "host/cli/execute.hpp"
#include "host/cli/extend_run.hpp"
#include "host/cli/interruptible.hpp"
#include "host/cli/lead_or_follow.hpp"
#include "host/cli/list_report.hpp"
#include "host/cli/threads.hpp"
#include "host/config/checked_value.hpp"
#include "host/config/config_difference.hpp"
#include "host/config/names.hpp"
#include "host/config/presets.hpp"
#include "host/config/sweep.hpp"
#include "host/config/unused_options.hpp"
#include "host/errors.hpp"
#include "host/experiment/cell_source.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/estimator_choice.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/resolved_tolerances.hpp"
#include "host/experiment/run_experiment.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/run_lock.hpp"
#include "host/problem/problem_file.hpp"
#include "host/report/shell_word.hpp"
#include "host/report/table.hpp"
#include "host/report/write_report.hpp"
#include "host/start_thread.hpp"

namespace gnc {
namespace {

/// Progress in the sense of --quiet.
void say(const RunCommand& command, const std::string& line) {
  if (!command.quiet) std::cerr << line << '\n';
}

/// What bears on the results.
void tell(const std::string& line) { std::cerr << line << '\n'; }

/// The part of the run that --shard asks for.
std::optional<Shard> requested_shard(const RunCommand& command) {
  if (!command.shard) return std::nullopt;
  const std::optional<Shard> shard = parse_shard(*command.shard);
  if (!shard) {
    throw_unexpected(ValueOrigin::option("--shard"), short_text(*command.shard),
                     fmt::format("I/N, part I of N, with 1 <= I <= N <= {}", Shard::kMost));
  }
  return shard;
}

/// What the command line asks for, complete.
struct RequestedRun {
  Config config;
  std::vector<std::string> warnings;
  std::optional<std::string> problem_json;
  ValueOrigin of_tolerances;
};

RequestedRun requested_run(const RunCommand& command) {
  ParsedConfig parsed = preset_or_file(command.experiment);
  RequestedRun run{apply_overrides(std::move(parsed.config), command.overrides),
                   std::move(parsed.warnings),
                   {},
                   command.overrides.eps_train.empty() ? ValueOrigin::key(command.experiment, "gnc_eps_train")
                                                       : ValueOrigin::option("--eps-train")};
  const bool one_width =
      std::ranges::find(parsed.explicit_keys, std::string("width")) != parsed.explicit_keys.end();
  check_infinite_width(run.config, command.overrides.widths.empty()
                                       ? ValueOrigin::key(command.experiment, one_width ? "width" : "widths")
                                       : ValueOrigin::option("--widths"));
  for (std::string& warning : unused_option_warnings(run.config, command.overrides)) {
    run.warnings.push_back(std::move(warning));
  }
  require_available(run.config, [&](std::string_view key) {
    const bool given =
        key == "draw" ? command.overrides.draw.has_value() : command.overrides.estimator.has_value();
    return given ? ValueOrigin::option("--" + std::string(key)) : ValueOrigin::key(command.experiment, key);
  });
  if (run.config.problem_file) {
    const std::string& file = *run.config.problem_file;
    if (std::error_code error; !std::filesystem::exists(file, error)) {
      throw_unexpected(command.overrides.problem_file ? ValueOrigin::option("--problem")
                                                      : ValueOrigin::key(command.experiment, "problem"),
                       file + ", which cannot be read: there is none", "a problem file");
    }
    const Problem problem = read_problem(file);
    run.config = with_problem_sizes(std::move(run.config), problem, parsed.explicit_keys, command.experiment);
    run.problem_json = problem_json(problem).dump();
  }
  return run;
}

/// Throws UsageError that names the first key in which the run in the folder differs from the one asked for,
/// save for its budgets.
void require_same(const RequestedRun& asked, const Ledger& ledger, const std::string& folder) {
  if (const auto difference =
          first_difference(ledger.config(), asked.config, {"gnc_num_samples", "splitting_populations"})) {
    throw UsageError(fmt::format(
        "{}: the run there has \"{}\" = {}, this one asks for {}; resume it with its own settings (gnc run "
        "--resume --out {}), or choose another folder with --out",
        folder, difference->key, difference->first, difference->second, shell_word(folder)));
  }
  if (asked.problem_json != ledger.plan().problem_json) {
    throw UsageError(fmt::format("{}: the run there has another problem than this one asks for", folder));
  }
}

/// The ledger to be resumed.
Ledger open_ledger(const std::filesystem::path& folder, const RequestedRun* asked,
                   const std::optional<Shard>& shard) {
  Ledger ledger = Ledger::open(folder, Database::Mode::ReadWrite);
  if (asked != nullptr) require_same(*asked, ledger, folder.string());
  if (shard && *shard != ledger.plan().shard) {
    throw UsageError(fmt::format("{}: holds shard {} of its run, this one asks for {}; leave --shard out",
                                 folder.string(), name_of(ledger.plan().shard), name_of(*shard)));
  }
  return ledger;
}

/// Threads that a rank takes: as of --threads; by default the ranks of a host share its cores, where mpirun
/// has not given each its own.
int threads_of_rank(const RunCommand& command, const Ranks& ranks) {
  if (command.threads != 0 || ranks.local_size() == 1) return command.threads;
  const int cores = threads_or_all(0);
  return cores < ::sysconf(_SC_NPROCESSORS_ONLN) ? cores : std::max(1, cores / ranks.local_size());
}

/// The devices that a rank draws on; `engine` is that of the run, where it has begun.
DeviceRequest devices_of_rank(const RunCommand& command, const Ranks& ranks, const std::string& engine) {
  const bool cpu = command.cpu_beside || engine.ends_with(kCpuBeside);
  if (cpu && ranks.size() > 1) {
    throw UsageError(
        "option --devices: got cpu together with several ranks: expected a rank of its own for the cores of "
        "a run on the CPU, or devices alone");
  }
  return {command.devices, cpu, ranks.local_rank(), ranks.local_size(), true};
}

/// The engine that a run was begun with, on a machine where it gives the same bits.
ChosenEngine engine_of(const RunPlan& plan, const RunCommand& command, const Ranks& ranks,
                       const std::string& folder) {
  const EngineChoice begun_with = engine_named(plan.engine);
  if (command.engine != EngineChoice::Auto && command.engine != begun_with) {
    throw UsageError(fmt::format(
        "{}: the run there was begun with engine {}, and goes on with that alone; leave --engine out", folder,
        plan.engine));
  }
  ChosenEngine engine;
  try {
    engine = choose_engine(command.device, begun_with, threads_of_rank(command, ranks), {},
                           devices_of_rank(command, ranks, plan.engine));
  } catch (const UsageError& error) {
    throw UsageError(
        fmt::format("{}: the run there was begun with engine {}: {}", folder, plan.engine, error.what()));
  }
  if (plan.arithmetic != engine.arithmetic) {
    throw UsageError(fmt::format(
        "{}: the run there was computed with arithmetic \"{}\", this program on this machine would go on "
        "with \"{}\", whose losses differ in the last bits; resume it where it was begun",
        folder, plan.arithmetic, engine.arithmetic));
  }
  return engine;
}

/// Throws UsageError where cores are to move populations beside devices: theirs would end long after.
void require_no_cores_beside(const Config& config, const RunCommand& command) {
  const bool splits = config.estimator == Estimator::Splitting || config.estimator == Estimator::Auto;
  if (!splits || !command.cpu_beside) return;
  throw UsageError(
      fmt::format("option --devices: got cpu together with estimator {}: a core takes far longer "
                  "for a population than a device for all of them, expected devices alone",
                  name_of(config.estimator)));
}

/// The points of the run, each by its first replicate, with each estimator that it may get.
PilotPoints pilot_points(const RequestedRun& run) {
  std::vector<std::pair<Point, Estimator>> pilots;
  for (const Point& point : run.config.points) {
    for (const Estimator estimator : possible_estimators(run.config, point)) {
      pilots.emplace_back(point, estimator);
    }
  }
  const std::size_t count = pilots.size();
  return {count,
          [&run, pilots = std::move(pilots), problem = std::optional<Problem>()](std::size_t pilot) mutable {
            if (!problem) {
              problem = replicate_problem(run.config, run.problem_json, 0);
            }
            Config config = run.config;
            config.estimator = pilots[pilot].second;
            return std::make_unique<PreparedCell>(config, pilots[pilot].first, 0, *problem);
          },
          run.config.gnc_eps_train};
}

/// What each cell is given: " of 1e+08 draws".
std::string budget_text(const Config& config) {
  const auto samples = static_cast<double>(config.gnc_num_samples);
  switch (config.estimator) {
    case Estimator::Reject:
      return fmt::format(" of {:.4g} draws", samples);
    case Estimator::Conditional:
      return fmt::format(" of {:.4g} hidden draws", samples);
    case Estimator::Splitting:
      return fmt::format(" of {} populations of {} particles", config.splitting_populations,
                         config.splitting_particles);
    default:
      return "";
  }
}

/// The ledger of a new run, with the estimator of every cell, found by so many threads.
Ledger new_ledger(const std::filesystem::path& folder, const RequestedRun& asked, const ChosenEngine& engine,
                  const Shard& shard, int threads) {
  Ledger::require_none(folder);
  std::vector<CellPlan> plans;
  if (asked.config.estimator == Estimator::Auto) {
    tell(
        fmt::format("gnc: estimator auto: short pilots choose for each cell reject, where it can be expected "
                    "to accept {:g} draws, else conditional, where its weights are even enough, else "
                    "splitting",
                    kEnoughAccepted));
    plans = choose_estimators(asked.config, asked.problem_json, threads);
    for (const std::string& line : plan_lines(asked.config, plans)) tell("gnc:   " + line);
    require_resolved_tolerances(asked.config, plans, asked.problem_json, asked.of_tolerances);
  }
  return Ledger::create(folder, asked.config, engine.name, engine.arithmetic, asked.problem_json, plans,
                        shard);
}

std::string default_folder(const Config& config, const std::optional<Shard>& shard) {
  const std::string folder = "runs/" + config.name;
  return shard && shard->of > 1 ? fmt::format("{}-{}-of-{}", folder, shard->number, shard->of) : folder;
}

/// The run in a folder, from the choice of its engine to its report.
struct Sitting {
  std::filesystem::path folder;
  std::atomic<bool> saved{false};  ///< the ledger is there, with the budget asked for
};

/// What a run that was interrupted says last; `given_up`: what was in flight.
std::string interrupted_text(const Sitting& sitting, bool given_up) {
  // The line of progress is not ended where the run did not end it.
  const std::string begin = given_up ? "\ngnc: interrupted" : "gnc: interrupted";
  if (!sitting.saved) return begin + " before anything was drawn. To go on, give the same command again\n";
  return fmt::format("{}; everything finished is saved{}. To go on:\n  gnc run --resume --out {}\n", begin,
                     given_up ? ", what was in flight is given up" : "", shell_word(sitting.folder.string()));
}

WorkerOptions worker_options(const ChosenEngine& engine) {
  WorkerOptions options;
  options.threads = engine.workers;
  options.make_engine = [make = engine.make](int) { return make(); };
  return options;
}

/// Draws what the run lacks and writes its report. Throws Interrupted.
void sit(Sitting& sitting, const RunCommand& command, const std::optional<RequestedRun>& asked,
         const std::optional<Shard>& shard, Ranks& ranks, std::ostream& out) {
  const std::filesystem::path& folder = sitting.folder;
  ChosenEngine engine;
  if (!command.resume) {
    require_no_cores_beside(asked->config, command);
    engine = choose_engine(command.device, command.engine, threads_of_rank(command, ranks),
                           pilot_points(*asked), devices_of_rank(command, ranks, ""));
  }
  Interrupt::check();
  const RunLock lock(folder);
  Ledger ledger = command.resume ? open_ledger(folder, asked ? &*asked : nullptr, shard)
                                 : new_ledger(folder, *asked, engine, shard.value_or(Shard{}),
                                              threads_or_all(threads_of_rank(command, ranks)));
  sitting.saved = !command.resume;
  if (command.resume) {
    engine = engine_of(ledger.plan(), command, ranks, folder.string());
    std::optional<std::uint64_t> num_samples = command.overrides.num_samples;
    std::optional<std::int64_t> populations = command.overrides.splitting_populations;
    if (asked) {
      num_samples = asked->config.gnc_num_samples;
      populations = asked->config.splitting_populations;
    }
    const std::string extension = extend_run(ledger, num_samples, populations, folder.string());
    if (!extension.empty()) tell("gnc: " + extension);
  }
  sitting.saved = true;
  Interrupt::check();

  RunOptions options;
  options.workers = worker_options(engine);
  options.descend = engine.descend;
  options.ranks = &ranks;
  if (!engine.note.empty()) say(command, "gnc: " + engine.note);
  say(command, fmt::format("gnc: {} into {}: {} cell{}{}, {} engine ({}{})", ledger.config().name,
                           folder.string(), ledger.cells().size(), ledger.cells().size() == 1 ? "" : "s",
                           budget_text(ledger.config()), engine.name, engine.device,
                           ranks.size() > 1 ? fmt::format(", {} ranks", ranks.size()) : ""));
  {
    Progress progress(stderr, choose_progress_style(stderr, command.quiet));
    options.progress = &progress;
    run_experiment(ledger, options);
  }
  Interrupt::check();

  // A device takes long to be given back, and a report needs none.
  std::jthread release;
  if (engine.release) release = start_thread(engine.release);
  const RunResults results = collect_results(ledger);
  const ReportFiles files = write_report(results, folder, Interrupt::check);
  out << format_table(results);
  list_report(files, out);
}

int run(const RunCommand& command, Ranks& ranks, std::ostream& out) {
  const std::optional<Shard> shard = requested_shard(command);
  std::optional<RequestedRun> asked;
  if (!command.experiment.empty()) {
    asked = requested_run(command);
  } else if (!command.resume || !command.out) {
    throw UsageError(
        "gnc run: no experiment given, expected a preset (gnc presets lists them), a config file, or "
        "--resume with --out DIR");
  } else if (Overrides rest = command.overrides; true) {
    rest.num_samples.reset();
    rest.splitting_populations.reset();
    if (rest != Overrides{}) {
      throw UsageError(
          "gnc run: --resume without an experiment goes on with the run as it was begun; only --num-samples "
          "and --populations can be changed, to more");
    }
  }
  const std::filesystem::path folder = command.out ? *command.out : default_folder(asked->config, shard);

  if (asked) {
    for (const std::string& warning : asked->warnings) tell("gnc: warning: " + warning);
  }
  if (asked && !command.resume) {
    require_resolved_tolerances(asked->config, {}, asked->problem_json, asked->of_tolerances);
  }
  if (command.resume && !Ledger::exists(folder)) {
    throw UsageError(fmt::format("{}: holds no run to resume; start it without --resume", folder.string()));
  }
  // A config that is read from a terminal or a pipe can be interrupted as usual; what follows takes time.
  Sitting sitting{folder};
  return interruptible(
      folder, [&] { sit(sitting, command, asked, shard, ranks, out); },
      [&](bool given_up) { return interrupted_text(sitting, given_up); });
}

/// How a rank other than 0 draws the run.
WorkerOptions follower(const RunPlan& plan, const RunCommand& command, const Ranks& ranks) {
  return worker_options(engine_of(plan, command, ranks, "rank 0's run"));
}

}  // namespace

int execute(const RunCommand& command, std::ostream& out) {
  return lead_or_follow(
      [&](Ranks& ranks) { return run(command, ranks, out); },
      [&](const RunPlan& plan, const Ranks& ranks) { return follower(plan, command, ranks); });
}

}  // namespace gnc
