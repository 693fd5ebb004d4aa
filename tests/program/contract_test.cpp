#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <string>

#include "host/config/presets.hpp"
#include "host/ledger/ledger.hpp"
#include "tests/experiment/run_numbers.hpp"
#include "tests/experiment/small_experiment.hpp"
#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

TEST(Contract, ColumnsAndRowsOfCellsCsv) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "run"}).code, 0);
  const std::string text = read_text(scratch.path() / "run" / "cells.csv");
  EXPECT_EQ(
      first_line(text),
      "width,depth,seed,eps_train,estimator,draw,engine,drawn,accepted,acceptance_rate,rate_low,rate_high,"
      "gnc_gen,gnc_gen_se,gnc_gen_median,gnc_gen_q25,gnc_gen_q75,prior_gen,gd_gen,gd_train,gnc_seconds,"
      "gd_seconds,samples_per_second,ess,pareto_k,log10_rate,log10_rate_low,log10_rate_high,prior_gen_se");
  const CsvRows rows = read_csv(text);
  ASSERT_EQ(rows.size(), 8u);  // 2 widths, 2 seeds, 2 tolerances
  const auto numbers = run_numbers(scratch.path() / "run");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const LossSums& accepted = numbers[i / 2].accepted[i % 2];
    EXPECT_EQ(row.at("width"), i < 4 ? "4" : "7");
    EXPECT_EQ(row.at("depth"), "3");
    EXPECT_EQ(row.at("seed"), i / 2 % 2 == 0 ? "0" : "1");
    EXPECT_EQ(row.at("eps_train"), i % 2 == 0 ? "0.1" : "0.02");
    EXPECT_EQ(row.at("estimator"), "reject");
    EXPECT_EQ(row.at("draw"), "factors");
    EXPECT_EQ(row.at("engine"), "cpu");
    EXPECT_EQ(row.at("drawn"), "20000");
    EXPECT_EQ(row.at("accepted"), std::to_string(accepted.count));
    EXPECT_EQ(std::stod(row.at("acceptance_rate")), static_cast<double>(accepted.count) / 20'000.0);
    EXPECT_LT(std::stod(row.at("rate_low")), std::stod(row.at("acceptance_rate")));
    EXPECT_EQ(std::stod(row.at("log10_rate")), std::log10(std::stod(row.at("acceptance_rate"))));
    EXPECT_GT(std::stod(row.at("rate_high")), std::stod(row.at("acceptance_rate")));
    EXPECT_NEAR(std::stod(row.at("gnc_gen")),
                accepted.loss.value(kLossBits) / static_cast<double>(accepted.count), 1e-12);
    EXPECT_LE(std::stod(row.at("gnc_gen_q25")), std::stod(row.at("gnc_gen_median")));
    EXPECT_LE(std::stod(row.at("gnc_gen_median")), std::stod(row.at("gnc_gen_q75")));
    EXPECT_EQ(std::stod(row.at("gd_gen")), numbers[i / 2].gd_gen);
    for (const char* time : {"gnc_seconds", "gd_seconds", "samples_per_second"})
      EXPECT_GT(std::stod(row.at(time)), 0.0);
  }
}

TEST(Contract, ResultsCsvHasThePublishedLayout) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "widths"}).code, 0);
  const std::string widths = read_text(scratch.path() / "widths" / "results.csv");
  EXPECT_EQ(
      first_line(widths),
      "width,gnc_gen_seed=0,prior_gen_seed=0,gd_gen_seed=0,gnc_gen_seed=1,prior_gen_seed=1,gd_gen_seed=1");
  const CsvRows results = read_csv(widths);
  const CsvRows cells = cells_without_times(scratch.path() / "widths");
  ASSERT_EQ(results.size(), 2u);
  for (std::size_t point = 0; point < 2; ++point) {
    for (std::size_t seed = 0; seed < 2; ++seed) {
      for (const std::string column : {"gnc_gen", "prior_gen", "gd_gen"}) {
        EXPECT_EQ(results[point].at(column + "_seed=" + std::to_string(seed)),
                  cells[4 * point + 2 * seed].at(column));
      }
    }
  }
  const GncEnd depths = run_gnc(scratch.path(), {"run", "fig2-tanh", "--num-samples", "100", "--num-seeds",
                                                 "1", "--no-gd", "--out", "depths"});
  ASSERT_EQ(depths.code, 0) << depths.err;
  EXPECT_EQ(first_line(read_text(scratch.path() / "depths" / "results.csv")),
            "depth,gnc_gen_seed=0,gd_gen_seed=0");
}

TEST(Contract, FiguresLieBesideTheirScriptAndData) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--out", "run"};
  call.figures = true;
  const GncEnd end = run_gnc(call);
  ASSERT_EQ(end.code, 0) << end.err;
  if (end.err.find("gnuplot was not found") != std::string::npos) GTEST_SKIP() << "gnuplot is not installed";
  for (const std::string figure : {"figure", "acceptance"}) {
    for (const auto& [suffix, magic] :
         {std::pair{".pdf", "%PDF"}, std::pair{".png", "\x89PNG"}, std::pair{".svg", "<?xml"},
          std::pair{".gp", ""}, std::pair{".dat", "#"}}) {
      const std::string name = "run/" + figure + suffix;
      EXPECT_GT(read_text(scratch.path() / name).size(), 100u) << name;
      EXPECT_TRUE(read_text(scratch.path() / name).starts_with(magic)) << name;
      EXPECT_NE(end.out.find(name + "\n"), std::string::npos) << name << " is not in\n" << end.out;
    }
    EXPECT_NE(read_text(scratch.path() / ("run/" + figure + ".gp")).find(figure + ".dat"), std::string::npos);
  }
  EXPECT_NE(read_text(scratch.path() / "run/report.html").find("<svg"), std::string::npos);
}

TEST(Contract, WithoutGnuplotTheRunSucceedsAndSaysWhatToInstall) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--out", "run"});
  EXPECT_EQ(end.code, 0);
  EXPECT_NE(end.err.find("apt-get install gnuplot"), std::string::npos) << end.err;
  EXPECT_NE(end.err.find("gnc report run"), std::string::npos) << end.err;
  for (const char* name : {"cells.csv", "results.csv", "report.html", "figure.gp", "figure.dat"}) {
    EXPECT_TRUE(std::filesystem::exists(scratch.path() / "run" / name)) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "run" / "figure.png"));
}

TEST(Contract, QuietLeavesOutProgressAlone) {
  const ScratchFolder scratch;
  // One learning rate too many, which is worth a warning.
  write_small(scratch.path(), {{"gd_lrs", {0.01, 0.01, 0.01}}, {"estimator", "auto"}});
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--out", "loud"};
  call.figures = true;
  const GncEnd loud = run_gnc(call);
  ASSERT_EQ(loud.code, 0) << loud.err;
  EXPECT_NE(loud.err.find("gnc: small into loud: 4 cells"), std::string::npos) << loud.err;
  if (loud.err.find("gnuplot was not found") != std::string::npos) GTEST_SKIP() << "gnuplot is not installed";
  call.arguments = {"run", "small.json", "--out", "quiet", "--quiet"};
  const GncEnd quiet = run_gnc(call);
  EXPECT_EQ(quiet.code, 0);
  EXPECT_TRUE(loud.err.starts_with(quiet.err)) << quiet.err << "is not the beginning of\n" << loud.err;
  EXPECT_EQ(quiet.err.find("4 cells"), std::string::npos) << quiet.err;
  EXPECT_NE(quiet.err.find("warning: small.json: key \"gd_lrs\""), std::string::npos) << quiet.err;
  EXPECT_NE(quiet.err.find("estimator auto: pilots choose"), std::string::npos) << quiet.err;
  EXPECT_NE(quiet.err.find("width 4, depth 3: "), std::string::npos) << quiet.err;
  EXPECT_NE(quiet.out.find("acceptance rate"), std::string::npos) << quiet.out;
  expect_same_numbers(run_numbers(scratch.path() / "quiet"), run_numbers(scratch.path() / "loud"));

  // Nothing to be told.
  call.arguments = {"run", "--resume", "--out", "quiet", "--quiet"};
  EXPECT_EQ(run_gnc(call).err, "");
}

TEST(Contract, OptionsWithoutEffectAreNamed) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--particles", "10", "--sweeps", "3",
                                              "--no-gd", "--quiet", "--out", "run"});
  EXPECT_EQ(end.code, 0);
  for (const char* option : {"--particles", "--sweeps"}) {
    EXPECT_NE(end.err.find(std::string("gnc: warning: option ") + option + ": not used by estimator reject"),
              std::string::npos)
        << end.err;
  }
}

TEST(Contract, AFinishedRunThatIsResumedSaysSo) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "run"}).code, 0);
  const GncEnd again = run_gnc(scratch.path(), {"run", "--resume", "--out", "run"});
  EXPECT_EQ(again.code, 0);
  EXPECT_NE(again.err.find("\nnothing left to draw: all 4 cells are finished  GD 4/4\n"), std::string::npos)
      << again.err;
  EXPECT_EQ(again.err.find("width 0"), std::string::npos) << again.err;
}

// The published width files carry batch sizes for eight widths and sweep six of them.
TEST(Contract, APublishedConfigRunsWithAWarning) {
  const ScratchFolder scratch;
  write_text(scratch.path() / "published.json", R"({
    "n_rows": 5, "n_cols": 5, "gt_rank": 1, "gt_norm": 1, "num_seeds": 8, "completion": false,
    "num_measurements": 15, "activation": "Linear", "negative_slope": 0.2, "gnc_num_samples": 100000000,
    "gnc_batch_sizes": [1000000, 1000000, 1000000, 500000, 250000, 100000, 50000, 20000],
    "gnc_eps_train": 0.02, "gnc_init": "gauss", "gnc_normalize": false, "gnc_softening": 1e-6,
    "gd_lrs": [0.0001], "gd_epochs": 100000, "gd_init_scales": [0.001], "gd_log_period": 1000,
    "gd_print_period": 10000, "gd_momentum": 0, "gd_verbose": false, "widths": [5, 10, 20, 40, 80, 160],
    "depth": 2, "results_dir": "./results", "figures_dir": "./figures"})");
  const GncEnd end = run_gnc(
      scratch.path(), {"run", "published.json", "--num-samples", "2000", "--num-seeds", "1", "--no-gd"});
  ASSERT_EQ(end.code, 0) << end.err;
  EXPECT_NE(end.err.find("warning"), std::string::npos) << end.err;
  EXPECT_NE(end.err.find("gnc_batch_sizes"), std::string::npos) << end.err;
  EXPECT_NE(end.err.find("8 values for the 6 points of its sweep"), std::string::npos) << end.err;
  EXPECT_EQ(read_csv(read_text(scratch.path() / "runs/published/cells.csv")).size(), 6u);
}

TEST(Contract, NothingAcceptedLeavesFieldsEmpty) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_eps_train", {0.1, 1e-9}}});
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "run", "--no-gd"}).code, 0);
  const CsvRows rows = read_csv(read_text(scratch.path() / "run" / "cells.csv"));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool none = i % 2 == 1;
    EXPECT_EQ(rows[i].at("accepted") == "0", none);
    for (const char* column : {"gnc_gen", "gnc_gen_se", "gnc_gen_median", "gnc_gen_q25", "gnc_gen_q75"}) {
      EXPECT_EQ(rows[i].at(column).empty(), none) << column;
    }
    EXPECT_FALSE(rows[i].at("prior_gen").empty());
    EXPECT_TRUE(rows[i].at("gd_gen").empty());
    if (!none) continue;
    EXPECT_EQ(std::stod(rows[i].at("acceptance_rate")), 0.0);
    EXPECT_EQ(std::stod(rows[i].at("rate_low")), 0.0);
    EXPECT_NEAR(std::stod(rows[i].at("rate_high")), 1.0 - std::pow(0.025, 1.0 / 20'000), 1e-12);
  }
}

TEST(Contract, AFolderBelongsToOneProcessAtATime) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gnc_num_samples", 1'000'000'000'000}, {"gd", false}});
  GncCall call;
  call.folder = scratch.path();
  call.arguments = {"run", "small.json", "--out", "run", "--chunk-size", "1000"};
  GncProcess first(call);
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(scratch.path() / "run" / "run.sqlite"); }));
  const GncEnd second = run_gnc(scratch.path(), {"run", "--resume", "--out", "run"});
  EXPECT_EQ(second.code, 2);
  EXPECT_EQ(second.err, "gnc: run: another gnc process is running in this folder\n");
  const GncEnd shown = run_gnc(scratch.path(), {"show", "run"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  first.send(SIGINT);
  EXPECT_EQ(first.wait().code, 3);
}

TEST(Contract, ARunOfAnotherArithmeticIsNotResumed) {
  const ScratchFolder scratch;
  Ledger::create(scratch.path() / "run", small_experiment(), "cpu", "another, revision 7", std::nullopt);
  const GncEnd end = run_gnc(scratch.path(), {"run", "--resume", "--out", "run"});
  EXPECT_EQ(end.code, 2);
  EXPECT_NE(end.err.find("run: the run there was computed with arithmetic \"another, revision 7\""),
            std::string::npos)
      << end.err;
  EXPECT_TRUE(Ledger::open(scratch.path() / "run", Database::Mode::ReadOnly).finished(0).empty());
}

TEST(Contract, EveryPresetIsListedAndRunsFromItsOwnJson) {
  const ScratchFolder scratch;
  const GncEnd list = run_gnc(scratch.path(), {"presets"});
  ASSERT_EQ(list.code, 0);
  for (const std::string& name : preset_names())
    EXPECT_NE(list.out.find(name + " "), std::string::npos) << name;
  EXPECT_EQ(count_lines(list.out), preset_names().size());
  const GncEnd printed = run_gnc(scratch.path(), {"presets", "fig9-leaky-relu"});
  write_text(scratch.path() / "mine.json", printed.out);
  const std::vector<std::string> short_run = {"--num-samples", "1000", "--num-seeds", "1",
                                              "--no-gd",       "--out"};
  for (const std::string experiment : {"mine.json", "fig9-leaky-relu"}) {
    std::vector<std::string> words = {"run", experiment};
    words.insert(words.end(), short_run.begin(), short_run.end());
    words.push_back("of " + experiment);
    ASSERT_EQ(run_gnc(scratch.path(), words).code, 0);
  }
  expect_same_numbers(run_numbers(scratch.path() / "of mine.json"),
                      run_numbers(scratch.path() / "of fig9-leaky-relu"));
}

TEST(Contract, ReplayGivesTheDrawTheLedgerKept) {
  const ScratchFolder scratch;
  write_small(scratch.path());
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "run", "--no-gd"}).code, 0);
  const auto numbers = run_numbers(scratch.path() / "run");
  for (const std::size_t cell : {std::size_t{0}, std::size_t{3}}) {
    const AcceptedDraw& kept = numbers[cell].stored.back();
    const GncEnd end = run_gnc(scratch.path(), {"replay", "run", "--cell", std::to_string(cell), "--index",
                                                std::to_string(kept.index)});
    ASSERT_EQ(end.code, 0) << end.err;
    const auto json = nlohmann::json::parse(end.out);
    EXPECT_EQ(json.at("train_loss").get<float>(), kept.train_loss);
    EXPECT_EQ(json.at("gen_loss").get<float>(), kept.gen_loss);
    std::vector<float> Y;
    for (const auto& row : json.at("Y")) {
      for (const auto& entry : row) Y.push_back(entry.get<float>());
    }
    EXPECT_EQ(Y, kept.Y);
    EXPECT_EQ(json.at("accepted").at(0).at("accepted"), true);
    EXPECT_EQ(json.at("weights").size(), 3u);
    EXPECT_EQ(json.at("weights").at(1).size(), cell == 0 ? 4u : 7u);
  }
}

TEST(Contract, AProblemWrittenAndReadGivesTheSameRun) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"num_seeds", 1}});
  ASSERT_EQ(run_gnc(scratch.path(), {"problem", "--config", "small.json", "--out", "p.json"}).code, 0);
  EXPECT_EQ(read_text(scratch.path() / "p.json"),
            run_gnc(scratch.path(), {"problem", "--config", "small.json"}).out);
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--out", "drawn"}).code, 0);
  const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--problem", "p.json", "--out", "read"});
  ASSERT_EQ(end.code, 0) << end.err;
  expect_same_numbers(run_numbers(scratch.path() / "read"), run_numbers(scratch.path() / "drawn"));
  // The run stands on its own: its problem file may go.
  std::filesystem::remove(scratch.path() / "p.json");
  EXPECT_EQ(run_gnc(scratch.path(), {"run", "--resume", "--out", "read"}).code, 0);
  EXPECT_EQ(run_gnc(scratch.path(), {"replay", "read", "--cell", "0", "--index", "5"}).out,
            run_gnc(scratch.path(), {"replay", "drawn", "--cell", "0", "--index", "5"}).out);
}

// Two measurements of one entry, whose targets 0 and 1 leave (1/2)^2 on average.
TEST(Contract, ATrainLossThatNoMatrixHasIsToldBefore) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}});
  write_text(scratch.path() / "p.json",
             R"({"n_rows": 2, "n_cols": 2, "ground_truth": [[1, 0], [0, 0]],)"
             R"("A_train": [[[1, 0], [0, 0]], [[1, 0], [0, 0]]], "b_train": [0, 1]})");
  const auto run = [&](const char* out, const char* eps_train) {
    return run_gnc(scratch.path(), {"run", "fig1-linear", "--problem", "p.json", "--widths", "2", "--no-gd",
                                    "--num-samples", "100", "--eps-train", eps_train, "--out", out});
  };
  const std::string warning = "p.json: no matrix has a train loss below 0.25";
  EXPECT_NE(run("below", "0.3,0.2").err.find(warning), std::string::npos);
  EXPECT_EQ(run("above", "0.3").err.find("warning"), std::string::npos);
}

TEST(Contract, ARunOfAnotherProblemIsToldByItsProblem) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}, {"problem", "p.json"}});
  const auto gnc = [&](std::vector<std::string> words) { return run_gnc(scratch.path(), std::move(words)); };
  const auto make_problem = [&](const char* norm) {
    const GncEnd end = gnc({"problem", "--n-rows", "3", "--n-cols", "3", "--num-measurements", "4",
                            "--gt-norm", norm, "--out", "p.json"});
    ASSERT_EQ(end.code, 0) << end.err;
  };
  const auto expect_refused = [&](std::vector<std::string> words, const std::string& message) {
    const GncEnd end = gnc(std::move(words));
    EXPECT_EQ(end.code, 2);
    EXPECT_TRUE(end.err.starts_with("gnc: " + message)) << end.err << "does not begin with\n" << message;
  };
  const std::string of_file = "that of " + (scratch.path() / "p.json").string();
  make_problem("1");
  ASSERT_EQ(gnc({"run", "small.json", "--shard", "1/2", "--out", "one"}).code, 0);
  expect_refused({"run", "fig1-linear", "--resume", "--out", "one"},
                 "one: the run there has another problem, " + of_file +
                     ", this one asks for a random one for each seed; resume it");
  make_problem("2");
  expect_refused({"run", "small.json", "--resume", "--out", "one"},
                 "one: the run there has another problem, " + of_file + ", this one asks for " + of_file +
                     " with other content; resume it");
  ASSERT_EQ(gnc({"run", "small.json", "--shard", "2/2", "--out", "two"}).code, 0);
  expect_refused({"merge", "both", "one", "two"},
                 "gnc merge: one and two are not shards of one run: the problem is " + of_file +
                     " in the first and " + of_file + " with other content in the second");
}

TEST(Contract, AFolderIsNoUri) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}});
  const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--out", "file:r?mode=ro"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "file:r?mode=ro" / "run.sqlite"));
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "r"));
  EXPECT_EQ(run_gnc(scratch.path(), {"show", "file:r?mode=ro"}).code, 0);
}

TEST(Contract, AReportMayGoElsewhere) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}});
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "run"}).code, 0);
  std::filesystem::remove(scratch.path() / "run" / "cells.csv");
  const auto before = files_below(scratch.path() / "run");
  const GncEnd end = run_gnc(scratch.path(), {"report", "run", "--out", "else/where"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_NE(end.out.find("else/where/cells.csv\n"), std::string::npos) << end.out;
  EXPECT_EQ(read_csv(read_text(scratch.path() / "else/where/cells.csv")).size(), 8u);
  EXPECT_TRUE(files_below(scratch.path() / "run") == before);
}

TEST(Contract, AReportElsewhereReplacesNoFilesOfOtherOrigin) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}});
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "run"}).code, 0);
  for (const std::string name : {"curves.csv", "figure.pdf", "cells.csv"}) {
    const std::filesystem::path paper = scratch.path() / ("paper-" + name);
    std::filesystem::create_directory(paper);
    write_text(paper / name, "mine");
    const auto before = files_below(paper);
    const GncEnd end = run_gnc(scratch.path(), {"report", "run", "--out", paper.filename().string()});
    EXPECT_EQ(end.code, 2) << end.err;
    EXPECT_NE(end.err.find(paper.filename().string() + " holds " + name), std::string::npos) << end.err;
    EXPECT_TRUE(files_below(paper) == before);
  }
}

TEST(Contract, AReportElsewhereIsOfOneRun) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false},
                               {"estimator", "splitting"},
                               {"splitting_particles", 64},
                               {"splitting_sweeps", 2},
                               {"splitting_populations", 2}});
  ASSERT_EQ(run_gnc(scratch.path(), {"run", "small.json", "--quiet", "--out", "first"}).code, 0);
  write_small(scratch.path(), {{"gd", false}});
  ASSERT_EQ(
      run_gnc(scratch.path(), {"run", "small.json", "--eps-train", "0.1", "--quiet", "--out", "second"}).code,
      0);
  const auto before = files_below(scratch.path() / "first");
  const GncEnd refused = run_gnc(scratch.path(), {"report", "second", "--out", "first"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("option --out: got first, which holds another run"), std::string::npos)
      << refused.err;
  EXPECT_TRUE(files_below(scratch.path() / "first") == before);
  EXPECT_EQ(run_gnc(scratch.path(), {"report", "second", "--out", "./second"}).code, 0);

  ASSERT_EQ(run_gnc(scratch.path(), {"report", "first", "--out", "else"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "else/curves.csv"));
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "else/results_eps=0.02.csv"));
  write_text(scratch.path() / "else/paper.tex", "mine");
  ASSERT_EQ(run_gnc(scratch.path(), {"report", "second", "--out", "else"}).code, 0);
  auto expected = files_below(scratch.path() / "second");
  std::erase_if(expected, [](const auto& file) { return file.first.starts_with("run."); });
  auto got = files_below(scratch.path() / "else");
  EXPECT_EQ(got.extract("paper.tex").mapped(), "mine");
  expected.erase("report.html");
  EXPECT_EQ(got.erase("report.html"), 1u);
  EXPECT_TRUE(got == expected);
}

TEST(Contract, ARunIntoAFolderWithResultsOfNoRunIsRefused) {
  const ScratchFolder scratch;
  write_small(scratch.path(), {{"gd", false}});
  std::filesystem::create_directory(scratch.path() / "run");
  write_text(scratch.path() / "run/results_eps=1e-05.csv", "precious");
  const GncEnd end = run_gnc(scratch.path(), {"run", "small.json", "--out", "run"});
  EXPECT_EQ(end.code, 2);
  EXPECT_NE(end.err.find("run holds results_eps=1e-05.csv but no run"), std::string::npos) << end.err;
}

}  // namespace
}  // namespace gnc
