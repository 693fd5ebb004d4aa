#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <thread>

#include "host/cli/execute.hpp"
#include "host/cli/extend_run.hpp"
#include "host/cli/interruptible.hpp"
#include "host/cli/lead_or_follow.hpp"
#include "host/cli/list_report.hpp"
#include "host/cli/option_of_begin.hpp"
#include "host/cli/requested_run.hpp"
#include "host/cli/require_in_place.hpp"
#include "host/cli/run_engine.hpp"
#include "host/cli/run_ledger.hpp"
#include "host/cli/threads.hpp"
#include "host/config/checked_value.hpp"
#include "host/errors.hpp"
#include "host/experiment/collect_results.hpp"
#include "host/experiment/interrupt.hpp"
#include "host/experiment/resolved_tolerances.hpp"
#include "host/experiment/run_experiment.hpp"
#include "host/ledger/ledger.hpp"
#include "host/ledger/run_lock.hpp"
#include "host/report/result_files.hpp"
#include "host/report/shell_word.hpp"
#include "host/report/table.hpp"
#include "host/report/write_report.hpp"
#include "host/start_thread.hpp"
#include "host/stopwatch.hpp"

namespace gnc {
namespace {

/// Progress in the sense of --quiet.
void say(const RunCommand& command, const std::string& line) {
  if (!command.quiet) std::cerr << "gnc: " << line << '\n';
}

/// What bears on the results.
void tell(const std::string& line) { std::cerr << "gnc: " << line << '\n'; }

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
  options.make_engine = engine.make;
  return options;
}

/// The ledger of the run that is asked for, while whose pilots progress is shown.
Ledger begin(const std::filesystem::path& folder, const RunLock& lock, const RequestedRun& asked,
             const ChosenEngine& engine, const std::optional<Shard>& shard, int threads, bool quiet) {
  std::optional<Progress> progress;
  const Stopwatch watch;
  const auto pilots = [&](std::size_t done, std::size_t all) {
    if (done == 0) progress.emplace(stderr, choose_progress_style(stderr, quiet));
    ProgressSnapshot snapshot;
    snapshot.pilots_done = static_cast<std::int64_t>(done);
    snapshot.pilots_total = static_cast<std::int64_t>(all);
    snapshot.elapsed_seconds = watch.seconds();
    progress->update(snapshot);
  };
  const auto tell_below = [&](const std::string& line) {
    progress.reset();
    tell(line);
  };
  return new_ledger(folder, asked, engine, shard.value_or(Shard{}), threads_or_all(threads),
                    {tell_below, pilots, [&] { require_held(lock, folder); }});
}

/// Draws what the run lacks and writes its report. Throws Interrupted.
void sit(Sitting& sitting, const RunCommand& command, const std::optional<RequestedRun>& asked,
         const std::optional<Shard>& shard, Ranks& ranks, std::ostream& out) {
  const std::filesystem::path& folder = sitting.folder;
  ChosenEngine engine;
  if (!command.resume) engine = new_run_engine(*asked, command, ranks);
  Interrupt::check();
  const RunLock lock(folder);
  Ledger ledger = command.resume ? begun_ledger(folder, asked, shard)
                                 : begin(folder, lock, *asked, engine, shard, threads_of_rank(command, ranks),
                                         command.quiet);
  sitting.saved = !command.resume;
  if (command.resume) {
    engine = begun_run_engine(ledger.plan(), command, ranks, folder.string());
    if (asked) {
      for (const std::string& line :
           kept_budgets(ledger.plan(), asked->config, command.overrides, folder.string())) {
        tell(line);
      }
    }
    const std::string extension = extend_run(ledger, command.overrides.num_samples,
                                             command.overrides.splitting_populations, folder.string());
    if (!extension.empty()) tell(extension);
  }
  sitting.saved = true;
  Interrupt::check();

  RunOptions options;
  options.workers = worker_options(engine);
  options.descend = engine.descend;
  options.ranks = &ranks;
  const auto in_place = [&] { require_in_place(ledger, lock, folder); };
  options.before_recording = in_place;
  if (!engine.note.empty()) say(command, engine.note);
  const Shard& part = ledger.plan().shard;
  say(command,
      fmt::format("{} into {}: {}{} cell{}{}, {} engine ({}{})", ledger.config().name, folder.string(),
                  part.of > 1 ? fmt::format("shard {} of ", name_of(part)) : "", ledger.cells().size(),
                  ledger.cells().size() == 1 ? "" : "s", budget_text(ledger.config()), engine.name,
                  engine.device, ranks.size() > 1 ? fmt::format(", {} ranks", ranks.size()) : ""));
  {
    Progress progress(stderr, choose_progress_style(stderr, command.quiet));
    options.progress = &progress;
    run_experiment(ledger, options);
  }
  const auto go_on = [&] {
    in_place();
    Interrupt::check();
  };
  go_on();

  // A device takes long to be given back, and a report needs none.
  std::jthread release;
  try {
    if (engine.release) release = start_thread(engine.release);
  } catch (const RunError&) {
    // The end of the process gives it back as well.
  }
  const RunResults results = collect_results(ledger);
  go_on();
  const ReportFiles files = write_report(results, folder, go_on);
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
  } else if (const auto option = option_of_begin(command.overrides)) {
    throw_unexpected(ValueOrigin::option(option->name), option->value,
                     "none: --resume without an experiment goes on with the run as it was begun; only "
                     "--num-samples and --populations can be changed, to more");
  }
  const std::filesystem::path folder = command.out ? *command.out : default_folder(asked->config, shard);

  if (asked) {
    for (const std::string& warning : asked->warnings) tell("warning: " + warning);
  }
  if (asked && !command.resume) {
    Ledger::require_none(folder);
    require_no_results(folder, "another folder with --out");
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
  return worker_options(begun_run_engine(plan, command, ranks, "rank 0's run"));
}

}  // namespace

int execute(const RunCommand& command, std::ostream& out) {
  return lead_or_follow(
      [&](Ranks& ranks) { return run(command, ranks, out); },
      [&](const RunPlan& plan, const Ranks& ranks) { return follower(plan, command, ranks); });
}

}  // namespace gnc
