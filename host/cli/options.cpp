#include "host/cli/options.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <iterator>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/config/checked_value.hpp"
#include "host/config/names.hpp"
#include "host/config/nearest_name.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

constexpr IntegerRange thread_range{1, 4096};
constexpr IntegerRange device_range{0, 4095};
constexpr IntegerRange index_range{0, std::numeric_limits<std::int64_t>::max()};
constexpr RealRange seconds_range{0.0, false, 3600.0, true};
constexpr RealRange interval_range{0.1, true, 86'400.0, true};

/// The finite number a word stands for, or the word itself.
nlohmann::json number_or_word(const std::string& word) {
  auto number = number_from_text(word);
  const bool finite = !number.is_null() && std::isfinite(number.get<double>());
  return finite ? number : nlohmann::json(word);
}

/// The items of a list given as words, with blanks, a comma or both between two of them.
std::vector<std::string> list_items(const std::vector<std::string>& words, const ValueOrigin& origin) {
  std::vector<std::string> items;
  bool sound = true;
  bool after_item = false;
  for (const std::string& word : words) {
    sound = sound && !word.empty();
    for (std::size_t at = 0; at < word.size();) {
      if (word[at] == ',') {
        sound = sound && after_item;
        after_item = false;
        ++at;
      } else {
        const std::size_t end = std::min(word.find(',', at), word.size());
        items.push_back(word.substr(at, end - at));
        after_item = true;
        at = end;
      }
    }
  }
  if (!sound || !after_item) {
    throw_unexpected(origin, short_text(fmt::format("{}", fmt::join(words, " "))),
                     "values with a comma or blanks between two of them");
  }
  return items;
}

/// One subcommand under definition. Values arrive as words and are checked by the config's own functions, so
/// that 1e8 is a whole number here too and all messages look alike.
class Definition {
 public:
  Definition(CLI::App& parent, const char* name, const char* description, const char* example)
      : app_(parent.add_subcommand(name, description)) {
    app_->footer(fmt::format("Example:\n  {}\n", example));
  }

  void flag(const std::string& name, bool& member, const std::string& description) {
    app_->add_flag(name, member, description);
  }

  /// `store` gets the word and where it came from.
  CLI::Option* value(const std::string& name, const std::string& type, const std::string& description,
                     std::function<void(const std::string&, const ValueOrigin&)> store) {
    const auto origin = origin_of(name);
    return app_
        ->add_option_function<std::string>(
            name, [store = std::move(store), origin](const std::string& word) { store(word, origin); },
            description)
        ->type_name(type);
  }

  /// One or more words, separated by blanks or commas.
  CLI::Option* values(const std::string& name, const std::string& type, const std::string& description,
                      std::function<void(const std::vector<std::string>&, const ValueOrigin&)> store) {
    const auto origin = origin_of(name);
    return app_
        ->add_option_function<std::vector<std::string>>(
            name,
            [store = std::move(store), origin](const std::vector<std::string>& words) {
              store(list_items(words, origin), origin);
            },
            description)
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->type_name(type);
  }

  template <class Integer>
  CLI::Option* integer(const std::string& name, Integer& member, IntegerRange range,
                       const std::string& description) {
    return value(
        name, "N", description, [&member, range](const std::string& word, const ValueOrigin& origin) {
          member =
              static_cast<typename Bare<Integer>::type>(checked_integer(number_or_word(word), origin, range));
        });
  }

  template <class Real>
  CLI::Option* real(const std::string& name, Real& member, RealRange range, const std::string& description) {
    return value(name, "X", description,
                 [&member, range](const std::string& word, const ValueOrigin& origin) {
                   member = checked_real(number_or_word(word), origin, range);
                 });
  }

  void seed(std::optional<std::uint64_t>& member) {
    value("--seed", "N", "Seed of all random numbers",
          [&member](const std::string& word, const ValueOrigin& origin) {
            member = checked_unsigned(number_or_word(word), origin);
          });
  }

  template <class Text>
  CLI::Option* text(const std::string& name, Text& member, const std::string& type,
                    const std::string& description) {
    const bool option = name.starts_with("-");
    const auto store = [&member, option, type](const std::string& word, const ValueOrigin& origin) {
      if (word.empty()) throw_unexpected(origin, "\"\"", "at least one character");
      if (option && word.starts_with("-")) throw_unexpected(origin, short_text(word), type);
      member = word;
    };
    return value(name, type, description, store);
  }

  template <class Choice>
  void choice(const std::string& name, Choice& member, const std::vector<std::string>& names,
              const std::string& description) {
    value(name, fmt::format("{}", fmt::join(names, "|")), description,
          [&member, names](const std::string& word, const ValueOrigin& origin) {
            member = static_cast<typename Bare<Choice>::type>(checked_choice(word, origin, names));
          });
  }

  void sizes(const std::string& name, std::vector<std::int64_t>& member, IntegerRange range,
             const std::string& description) {
    sizes(name, member, "N", description, [range](const nlohmann::json& value, const ValueOrigin& origin) {
      return checked_integer(value, origin, range);
    });
  }

  void sizes(const std::string& name, std::vector<std::int64_t>& member, const std::string& type,
             const std::string& description,
             std::function<std::int64_t(const nlohmann::json&, const ValueOrigin&)> checked) {
    values(name, type, description,
           [&member, checked = std::move(checked)](const auto& words, const ValueOrigin& origin) {
             member.clear();
             for (const std::string& word : words) {
               member.push_back(checked(number_or_word(word), origin));
               if (std::count(member.begin(), member.end(), member.back()) > 1) {
                 throw_unexpected(origin, word + " a second time", "no repetition");
               }
             }
           });
  }

  CLI::App* app() const { return app_; }

 private:
  template <class T>
  struct Bare {
    using type = T;
  };
  template <class T>
  struct Bare<std::optional<T>> {
    using type = T;
  };

  static ValueOrigin origin_of(const std::string& name) { return ValueOrigin::option(name); }

  CLI::App* app_;
};

/// Only a run to be resumed can do without its experiment. Saying so before parsing keeps a list option in
/// front of the experiment from swallowing it.
void define_run(CLI::App& app, RunCommand& run, bool experiment_required) {
  Definition command(app, "run", "Run an experiment: Guess & Check and gradient descent over a sweep",
                     "gnc run fig1-linear --num-samples 1e7 --widths 5 10 20 --out runs/fig1");
  Overrides& overrides = run.overrides;
  command
      .text("experiment", run.experiment, "<preset | config.json>",
            "What to run (gnc presets lists the presets); --resume can do without")
      ->required(experiment_required);
  command.text("--out", run.out, "DIR", "Folder of the run (default: runs/NAME)");
  command.integer("--num-samples", overrides.num_samples, limits::num_samples,
                  "Draws a cell, such as 1e8; with --resume more than before");
  command.integer("--num-seeds", overrides.num_seeds, limits::num_seeds,
                  "Replicates, each with its own problem");
  command.sizes("--widths", overrides.widths, "N|inf",
                "Widths of the sweep; inf: the limit of infinite width (Linear, gauss, --draw product)",
                checked_width);
  command.sizes("--depths", overrides.depths, limits::depth, "Depths of the sweep");
  command.values(
      "--eps-train", "E", "Tolerances on the train loss, all in one pass",
      [&overrides](const auto& words, const ValueOrigin& origin) {
        overrides.eps_train.clear();
        for (const std::string& word : words) {
          overrides.eps_train.push_back(checked_real(number_or_word(word), origin, limits::eps_train));
        }
      });
  command.text("--problem", overrides.problem_file, "FILE", "Problem file, used by every seed");
  command.seed(overrides.seed);
  command.choice("--device", run.device, {"auto", "cpu", "cuda"}, "Where to draw");
  command.values("--devices", "N|cpu",
                 "CUDA devices to draw on, by number (default: all alike); cpu: cores beside them",
                 [&run](const auto& words, const ValueOrigin& origin) {
                   run.devices.clear();
                   run.cpu_beside = false;
                   for (const std::string& word : words) {
                     if (word == "cpu") {
                       run.cpu_beside = true;
                     } else {
                       run.devices.push_back(
                           static_cast<int>(checked_integer(number_or_word(word), origin, device_range)));
                     }
                   }
                 });
  command.choice("--engine", run.engine, {"auto", "cpu", "cuda-fused", "cuda-gemm"},
                 "What draws; auto takes the faster one of the device");
  command.choice("--draw", overrides.draw, draw_law_names(),
                 "Draw every factor, or their product from its exact law (prior gauss)");
  command.choice("--estimator", overrides.estimator, estimator_names(),
                 "How acceptance is estimated; auto chooses for each cell");
  command.integer("--particles", overrides.splitting_particles, limits::splitting_particles,
                  "Particles of each population (splitting)");
  command.integer("--sweeps", overrides.splitting_sweeps, limits::splitting_sweeps,
                  "Moves of each particle at every level (splitting)");
  command.integer("--populations", overrides.splitting_populations, limits::splitting_populations,
                  "Independent populations, on which the error rests (splitting)");
  command.integer("--threads", run.threads, thread_range, "CPU threads (default: one for each core)");
  command.integer("--chunk-size", overrides.chunk_size, {1, limits::chunk_size.high},
                  "Draws saved at a time (default: by the cost of a draw); results do not depend on it");
  command.text("--shard", run.shard, "I/N", "Draw part I of N of the run alone, for gnc merge; 1/N .. N/N");
  command.flag("--resume", run.resume, "Finish what the run in DIR is missing");
  command.flag("--no-gd", overrides.no_gd, "No gradient-descent baseline");
  command.flag("--quiet", run.quiet, "No progress; warnings and what auto chooses are still told");
}

void define_problem(CLI::App& app, ProblemCommand& problem) {
  Definition command(app, "problem", "Write the random problem of one replicate as a problem file",
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
  Definition command(app, "bench", "Measure draws per second across widths and depths",
                     "gnc bench --widths 5,40,160 --depths 2,10 --activation Tanh --seconds 2");
  command.sizes("--widths", bench.widths, limits::width, "Widths (default 5 10 20 40 80 160)");
  command.sizes("--depths", bench.depths, limits::depth, "Depths (default 2)");
  command.choice("--activation", bench.activation, activation_names(), "Activation (default Linear)");
  command.choice("--draw", bench.draw, draw_law_names(), "Draw law (default factors)");
  command.choice("--device", bench.device, {"auto", "cpu", "cuda"}, "Where to draw");
  command.choice("--engine", bench.engine, {"auto", "cpu", "cuda-fused", "cuda-gemm"}, "What draws");
  command.integer("--threads", bench.threads, thread_range, "CPU threads (default: one for each core)");
  command.real("--seconds", bench.seconds, seconds_range, "Time spent on each width and depth (default 1)");
  command.flag("--json", bench.json, "JSON instead of a table");
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }, ' ');
  return text;
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// Refuses --flag=value, and --option= without a value, for which CLI11 takes the next word. Other options
/// are left to CLI11.
void check_equal_signs(const CLI::App& app, std::span<const char* const> words) {
  if (words.empty()) return;
  const auto commands =
      app.get_subcommands([&](const CLI::App* command) { return command->get_name() == words.front(); });
  if (commands.empty()) return;
  for (const std::string_view word : words) {
    if (word == "--") return;
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string_view::npos) continue;
    const std::string name(word.substr(0, equals)), value(word.substr(equals + 1));
    const CLI::Option* option = commands.front()->get_option_no_throw(name);
    if (option == nullptr) continue;
    if (option->get_expected_max() == 0) {
      throw_unexpected(ValueOrigin::option(name), short_text(value), "no value");
    }
    if (value.empty()) {
      throw_unexpected(ValueOrigin::option(name), "nothing after =", option->get_type_name());
    }
  }
}

/// What is said of an option that got no value or more than it takes.
std::string wrong_count(const CLI::Option& option) {
  const std::size_t count = option.count();
  return fmt::format("{}: got {}, expected {} {}", option.get_name(),
                     count == 0 ? "no value" : fmt::format("{} values", count),
                     option.get_expected_max() > 1 ? "one or more" : "one", option.get_type_name());
}

std::string unknown_command(const std::string& word, const std::vector<std::string>& names) {
  return fmt::format("unknown command or option \"{}\", expected one of {}{}", word, fmt::join(names, ", "),
                     nearest_hint("one", word, names));
}

/// The message for what CLI11 found wrong.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const auto commands = app.get_subcommands();
  const std::vector<std::string> unused = app.remaining(true);
  if (commands.empty()) {
    const auto names = subcommand_names(app);
    if (unused.empty()) {
      return fmt::format("no command given, expected one of {}; gnc --help explains them",
                         fmt::join(names, ", "));
    }
    return unknown_command(unused.front(), names);
  }
  const CLI::App& command = *commands.front();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unused.empty()) {
    const std::string& word = unused.front();
    if (!word.starts_with("-"))
      return fmt::format("gnc {}: unexpected argument \"{}\"", command.get_name(), word);
    const std::string option = word.substr(0, word.find('='));
    return fmt::format("gnc {0}: unknown option {1}, expected one that gnc {0} --help explains{2}",
                       command.get_name(), option, nearest_hint("one", option, option_names(command)));
  }
  std::string problem = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    for (const CLI::Option* option : command.get_options()) {
      if (problem.starts_with(option->get_name() + ":")) problem = wrong_count(*option);
    }
  }
  return fmt::format("gnc {}: {}; gnc {} --help explains the options", command.get_name(), problem,
                     command.get_name());
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
  app.set_version_flag("--version", "gnc " GNC_VERSION);
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
  define_run(app, run, !resumes);
  Definition presets_command(app, "presets", "List the paper's experiments, or print the config of one",
                             "gnc presets fig2-tanh > my-experiment.json");
  presets_command.text("name", presets.name, "NAME", "Preset to print");
  Definition show_command(app, "show", "Table of a run, finished or not", "gnc show runs/fig1 --json");
  show_command.text("dir", show.folder, "DIR", "Folder of the run")->required();
  show_command.flag("--json", show.json, "JSON instead of a table; with --watch a line for each change");
  show_command.flag("--watch", show.watch, "Show it anew whenever it changes, until it is finished");
  CLI::Option* watch_interval = show_command.real("--interval", show.interval, interval_range,
                                                  "Seconds between two looks of --watch (default 5)");
  watch_interval->needs("--watch");
  Definition report_command(app, "report", "Figures and report.html from a run", "gnc report runs/fig1");
  report_command.text("dir", report.folder, "DIR", "Folder of the run")->required();
  Definition replay_command(app, "replay", "Weights, end-to-end matrix and losses of one draw, as JSON",
                            "gnc replay runs/fig1 --cell 0 --index 123456");
  replay_command.text("dir", replay.folder, "DIR", "Folder of the run")->required();
  replay_command.integer("--cell", replay.cell, index_range, "Cell, from 0, in the order of cells.csv")
      ->required();
  replay_command.integer("--index", replay.index, index_range, "Draw index within the cell")->required();
  define_problem(app, problem);
  define_bench(app, bench);
  Definition merge_command(app, "merge", "Make one run from its shards",
                           "gnc merge runs/fig1 runs/fig1-1-of-2 runs/fig1-2-of-2");
  merge_command.text("out", merge.out, "OUT", "Folder of the merged run")->required();
  merge_command
      .values("dirs", "DIR", "Folders of the shards",
              [&merge](const auto& words, const ValueOrigin&) { merge.folders = words; })
      ->required();

  check_equal_signs(app, std::span(argv, static_cast<std::size_t>(argc)).subspan(std::min(argc, 1)));
  try {
    if (argc > 1 && std::string_view(argv[1]) == "help") {
      const std::vector<std::string> names = subcommand_names(app);
      if (argc > 2 && argv[2][0] != '-' && std::ranges::find(names, argv[2]) == names.end()) {
        throw UsageError(one_line(unknown_command(argv[2], names)));
      }
      // As COMMAND --help; CLI11 takes the words in reverse.
      std::vector<std::string> words{"--help"};
      words.insert(words.end(), std::reverse_iterator(argv + argc), std::reverse_iterator(argv + 2));
      app.parse(std::move(words));
    } else {
      app.parse(argc, argv);
    }
  } catch (const CLI::Success& wanted) {
    app.exit(wanted, out, out);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw UsageError(one_line(usage_message(app, error)));
  }

  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "run") return run;
  if (name == "presets") return presets;
  if (name == "show") return show;
  if (name == "report") return report;
  if (name == "replay") return replay;
  if (name == "problem") return problem;
  if (name == "bench") return bench;
  return merge;
}

}  // namespace gnc
