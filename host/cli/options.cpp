#include "host/cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "host/cli/command_definition.hpp"
#include "host/cli/usage_message.hpp"
#include "host/config/checked_value.hpp"
#include "host/config/names.hpp"
#include "host/config/presets.hpp"
#include "host/errors.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/shell_word.hpp"
#include "host/report/version.hpp"

namespace gnc {
namespace {

constexpr IntegerRange thread_range{1, 4096};
constexpr IntegerRange device_range{0, 4095};
constexpr IntegerRange index_range{0, std::numeric_limits<std::int64_t>::max()};
constexpr RealRange seconds_range{0.0, false, 3600.0, true};
constexpr RealRange interval_range{0.1, true, 86'400.0, true};

/// The folder of a run that is named by its ledger, any other word as it is.
std::string run_folder(std::string word) {
  const std::filesystem::path path = word;
  std::error_code unknown;
  if (path.filename() != Ledger::file({}).filename() || !std::filesystem::is_regular_file(path, unknown)) {
    return word;
  }
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

/// Help that ends an open bracket with the default.
std::string with_default(const char* help, std::int64_t value) {
  return fmt::format("{}; default {})", help, value);
}

/// A run that is named in the place of its experiment, gnc run DIR --resume, as by --out; so is a
/// folder without one. Throws UsageError where a run is not to be resumed.
RunCommand named_by_folder(RunCommand run) {
  if (run.experiment.empty() || run.out || std::ranges::count(preset_names(), run.experiment) > 0) return run;
  const std::string folder = run_folder(run.experiment);
  std::error_code unknown;
  const bool holds_run = std::filesystem::is_regular_file(Ledger::file(folder), unknown);
  if (!holds_run && !(run.resume && std::filesystem::is_directory(folder, unknown))) return run;
  if (!run.resume) {
    throw UsageError(
        fmt::format("{}: is a run that was begun, expected a preset or a config file; gnc run --resume --out "
                    "{} goes on with it",
                    run.experiment, shell_word(folder)));
  }
  run.out = folder;
  run.experiment.clear();
  return run;
}

/// Returns its experiment, which only a run to be resumed can do without. Saying so before parsing keeps a
/// list option in front of the experiment from swallowing it.
CLI::Option* define_run(CLI::App& app, RunCommand& run) {
  CommandDefinition command(app, "run", "Run an experiment: Guess & Check and gradient descent over a sweep",
                            "gnc run fig1-linear --num-samples 1e7 --widths 5 10 20 --out runs/fig1");
  Overrides& overrides = run.overrides;
  CLI::Option* const experiment =
      command.text("experiment", run.experiment, "<preset | config.json>",
                   "What to run (gnc presets lists the presets); --resume can do without, or take DIR");
  command.text("--out", run.out, "DIR", "Folder of the run (default: runs/NAME)");
  command.integer("--num-samples", overrides.num_samples, limits::num_samples,
                  "Draws a cell, such as 1e8; with --resume more than before");
  command.integer("--num-seeds", overrides.num_seeds, limits::num_seeds,
                  "Replicates, each with its own problem");
  command.sizes("--widths", overrides.widths, "N|inf",
                "Widths of the sweep; inf: the limit of infinite width (Linear, gauss, --draw product)",
                checked_width);
  command.sizes("--depths", overrides.depths, limits::depth, "Depths of the sweep");
  command.values("--eps-train", "E", "Tolerances on the train loss, all in one pass",
                 [&overrides](const auto& words, const ValueOrigin& origin) {
                   overrides.eps_train.clear();
                   for (const std::string& word : words) {
                     overrides.eps_train.push_back(
                         checked_real(number_or_word(word), origin.written(word), limits::eps_train));
                   }
                 });
  command.text("--problem", overrides.problem_file, "FILE", "Problem file, used by every seed");
  command.seed(overrides.seed);
  command.choice("--device", run.device, {"auto", "cpu", "cuda"}, "Where to draw (default auto)");
  command.values(
      "--devices", "N|cpu", "CUDA devices to draw on, by number (default: all alike); cpu: cores beside them",
      [&run](const auto& words, const ValueOrigin& origin) {
        run.devices.clear();
        run.cpu_beside = false;
        for (const std::string& word : words) {
          if (word == "cpu") {
            run.cpu_beside = true;
          } else {
            run.devices.push_back(
                static_cast<int>(checked_integer(number_or_word(word), origin.written(word), device_range)));
          }
        }
      });
  command.choice("--engine", run.engine, {"auto", "cpu", "cuda-fused", "cuda-gemm"},
                 "What draws (default auto, the faster one of the device)");
  command.choice("--draw", overrides.draw, draw_law_names(),
                 "Draw every factor, or their product from its exact law (prior gauss)");
  command.choice("--estimator", overrides.estimator, estimator_names(),
                 "How acceptance is estimated; auto chooses for each cell");
  command.integer("--particles", overrides.splitting_particles, limits::splitting_particles,
                  with_default("Particles of each population (splitting", Config().splitting_particles));
  command.integer(
      "--sweeps", overrides.splitting_sweeps, limits::splitting_sweeps,
      with_default("Moves of each particle at every level (splitting", Config().splitting_sweeps));
  command.integer("--populations", overrides.splitting_populations, limits::splitting_populations,
                  with_default("Independent populations, on which the error rests (splitting",
                               Config().splitting_populations));
  command.integer("--threads", run.threads, thread_range, "CPU threads (default: one for each core)");
  command.integer("--chunk-size", overrides.chunk_size, {1, limits::chunk_size.high},
                  "Draws saved at a time (default: by the cost of a draw); results do not depend on it");
  command.text("--shard", run.shard, "I/N", "Draw part I of N of the run alone, for gnc merge; 1/N .. N/N");
  command.flag("--resume", run.resume, "Finish what the run in DIR is missing");
  command.flag("--no-gd", overrides.no_gd, "No gradient-descent baseline");
  command.flag("--quiet", run.quiet, "No progress; warnings and what auto chooses are still told");
  return experiment;
}

void define_problem(CLI::App& app, ProblemCommand& problem) {
  CommandDefinition command(
      app, "problem", "Write the random problem of one replicate as a problem file",
      "gnc problem --n-rows 4 --n-cols 6 --num-measurements 12 --seed 3 --out problem.json");
  command.text("--config", problem.config, "<preset | config.json>",
               "Take the sizes and the seed from there");
  command.integer("--n-rows", problem.n_rows, limits::rows_or_columns,
                  "Rows of the ground truth (default 5)");
  command.integer("--n-cols", problem.n_cols, limits::rows_or_columns,
                  "Columns of the ground truth (default 5)");
  command.integer("--gt-rank", problem.gt_rank, limits::rows_or_columns,
                  "Rank of the ground truth (default 1)");
  command.real("--gt-norm", problem.gt_norm, limits::gt_norm,
               "Frobenius norm of the ground truth (default 1)");
  command.integer("--num-measurements", problem.num_measurements, {1, limits::max_entries},
                  "Training measurements (default 15)");
  command.flag("--completion", problem.completion, "Measure single entries instead of Gaussian combinations");
  command.seed(problem.seed);
  command.integer("--replicate", problem.replicate, {0, limits::num_seeds.high - 1}, "Replicate, from 0");
  command.text("--out", problem.out, "FILE", "Where to write (default: standard output)");
}

void define_bench(CLI::App& app, BenchCommand& bench) {
  CommandDefinition command(app, "bench", "Measure draws per second across widths and depths",
                            "gnc bench --widths 5,40,160 --depths 2,10 --activation Tanh --seconds 2");
  command.sizes("--widths", bench.widths, limits::width, "Widths (default 5 10 20 40 80 160)");
  command.sizes("--depths", bench.depths, limits::depth, "Depths (default 2)");
  command.choice("--activation", bench.activation, activation_names(), "Activation (default Linear)");
  command.choice("--draw", bench.draw, draw_law_names(), "Draw law (default factors)");
  command.choice("--device", bench.device, {"auto", "cpu", "cuda"}, "Where to draw (default auto)");
  command.choice("--engine", bench.engine, {"auto", "cpu", "cuda-fused", "cuda-gemm"},
                 "What draws (default auto)");
  command.integer("--threads", bench.threads, thread_range, "CPU threads (default: one for each core)");
  command.real("--seconds", bench.seconds, seconds_range, "Time spent on each width and depth (default 1)");
  command.flag("--json", bench.json, "JSON instead of a table");
}

void define_presets(CLI::App& app, PresetsCommand& presets) {
  CommandDefinition command(app, "presets", "List the paper's experiments, or print the config of one",
                            "gnc presets fig2-tanh > my-experiment.json");
  command.text("name", presets.name, "NAME", "Preset to print");
}

void define_show(CLI::App& app, ShowCommand& show) {
  CommandDefinition command(app, "show", "Table of a run, finished or not", "gnc show runs/fig1 --json");
  command.text("dir", show.folder, "DIR", "Folder of the run")->required()->transform(run_folder);
  command.flag("--json", show.json, "JSON instead of a table; with --watch a line for each change");
  command.flag("--watch", show.watch, "Show it anew whenever it changes, until it is finished");
  command
      .real("--interval", show.interval, interval_range, "Seconds between two looks of --watch (default 5)")
      ->needs("--watch");
}

void define_report(CLI::App& app, ReportCommand& report) {
  CommandDefinition command(app, "report", "Figures and report.html from a run", "gnc report runs/fig1");
  command.text("dir", report.folder, "DIR", "Folder of the run")->required()->transform(run_folder);
  command.text("--out", report.out, "DIR", "Where to write (default: the folder of the run)");
}

void define_replay(CLI::App& app, ReplayCommand& replay) {
  CommandDefinition command(app, "replay", "Weights, end-to-end matrix and losses of one draw, as JSON",
                            "gnc replay runs/fig1 --cell 0 --index 123456");
  command.text("dir", replay.folder, "DIR", "Folder of the run")->required()->transform(run_folder);
  command.integer("--cell", replay.cell, index_range, "Cell, from 0, in the order of cells.csv")->required();
  command.integer("--index", replay.index, index_range, "Draw index within the cell, from 0")->required();
}

void define_merge(CLI::App& app, MergeCommand& merge) {
  CommandDefinition command(app, "merge", "Make one run from its shards",
                            "gnc merge runs/fig1 runs/fig1-1-of-2 runs/fig1-2-of-2");
  command.text("out", merge.out, "OUT", "Folder of the merged run")->required();
  command
      .values("dirs", "DIR", "Folders of the shards",
              [&merge](const auto& words, const ValueOrigin&) { merge.folders = words; })
      ->required()
      ->transform(run_folder);
}

/// `gnc help COMMAND ..` is parsed as `gnc COMMAND .. --help`.
void parse(CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || std::string_view(argv[1]) != "help") {
    app.parse(argc, argv);
    return;
  }
  if (argc > 2 && argv[2][0] != '-') require_command(app, argv[2]);
  // CLI11 takes the words in reverse.
  std::vector<std::string> words{"--help"};
  words.insert(words.end(), std::reverse_iterator(argv + argc), std::reverse_iterator(argv + 2));
  app.parse(std::move(words));
}

}  // namespace

std::optional<Command> parse_command_line(int argc, const char* const* argv, std::ostream& out) {
  CLI::App app(
      "Guess & Check experiments on matrix factorization: draw weight settings from a prior, keep those that "
      "fit the training data, and compare how they generalize with what gradient descent finds.",
      "gnc");
  app.footer(
      "Start here:\n  gnc run fig1-linear --num-samples 1e6 --out runs/first\n  gnc COMMAND --help explains "
      "a command\n"
      "\nExit codes: 0 done, 2 bad usage, config or problem, 3 interrupted (gnc run --resume goes on), 1 "
      "anything else.\n");
  app.set_version_flag("--version", "gnc " + std::string(version()));
  app.require_subcommand(1);
  app.get_formatter()->column_width(38);

  RunCommand run;
  PresetsCommand presets;
  ShowCommand show;
  ReportCommand report;
  ReplayCommand replay;
  ProblemCommand problem;
  BenchCommand bench;
  MergeCommand merge;

  const bool resumes =
      std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--resume"; });
  CLI::Option* const experiment = define_run(app, run);
  experiment->required(!resumes);
  define_presets(app, presets);
  define_show(app, show);
  define_report(app, report);
  define_replay(app, replay);
  define_problem(app, problem);
  define_bench(app, bench);
  define_merge(app, merge);

  check_equal_signs(app, std::span(argv, static_cast<std::size_t>(argc)).subspan(std::min(argc, 1)));
  try {
    parse(app, argc, argv);
  } catch (const CLI::Success& wanted) {
    experiment->required(false);  // as the help is to show it
    app.exit(wanted, out, out);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw UsageError(usage_message(app, error));
  }

  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "run") return named_by_folder(std::move(run));
  if (name == "presets") return presets;
  if (name == "show") return show;
  if (name == "report") return report;
  if (name == "replay") return replay;
  if (name == "problem") return problem;
  if (name == "bench") return bench;
  return merge;
}

}  // namespace gnc
