#include "host/report/experiment_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "host/config/parse_config.hpp"
#include "host/config/presets.hpp"
#include "host/report/cells_csv.hpp"
#include "host/report/figure_frame.hpp"
#include "host/report/figure_source.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/report_html.hpp"
#include "host/report/results_json.hpp"
#include "host/report/table.hpp"
#include "tests/report/read_csv.hpp"
#include "tests/report/sample_run.hpp"

namespace gnc {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(ExperimentText, NamesWhatDiffersFromTheDefaults) {
  RunResults run = sample_run();
  EXPECT_EQ(experiment_title(run), "sample: Linear, depth 2, gauss prior");
  const std::vector<std::string> usual{"15 measurements of a 5x5 matrix of rank 1"};
  EXPECT_EQ(experiment_setting(run), usual);
  EXPECT_EQ(
      experiment_headline(run),
      "sample: Linear, gauss prior, 15 measurements of a 5x5 matrix of rank 1, estimator reject, draw law "
      "factors, engine cpu");
  run.config.activation = Activation::LeakyRelu;
  run.config.negative_slope = 0.1;
  run.config.gnc_init = Prior::Unif;
  run.config.completion = true;
  run.config.gt_rank = 2;
  run.config.gt_norm = 3.0;
  run.config.gnc_normalize = true;
  run.config.gd_momentum = 0.9;
  run.config.seed = 4;
  EXPECT_EQ(experiment_title(run), "sample: Leaky ReLU of slope 0.1, depth 2, unif prior");
  EXPECT_EQ(experiment_setting(run),
            (std::vector<std::string>{"15 known entries of a 5x5 matrix of rank 2 and norm 3", "normalised",
                                      "GD momentum 0.9", "run seed 4"}));
  run.config.gnc_softening = 1e-3;
  EXPECT_EQ(experiment_setting(run)[1], "normalised with softening 0.001");
  run.config.negative_slope = 0.2;
  EXPECT_EQ(experiment_title(run), "sample: Leaky ReLU, depth 2, unif prior");
  run.config.num_measurements = 1;
  EXPECT_EQ(experiment_setting(run)[0], "1 known entry of a 5x5 matrix of rank 2 and norm 3");
  run.config.completion = false;
  EXPECT_EQ(experiment_setting(run)[0], "1 measurement of a 5x5 matrix of rank 2 and norm 3");
  run.config.problem_file = "/some/where/mine.json";
  EXPECT_EQ(experiment_setting(run)[0], "1 measurement of a 5x5 matrix, problem mine.json");
  run.config.num_measurements = 15;
  EXPECT_EQ(experiment_setting(run)[0], "15 measurements of a 5x5 matrix, problem mine.json");
}

/// The lines of title that a figure of the config has, without the name of the experiment.
std::string title_of(Config config) {
  config.name.clear();
  RunResults run;
  run.config = std::move(config);
  const std::string script = loss_figure(run).script;
  const std::size_t begin = script.find("set title ");
  return script.substr(begin, script.find('\n', begin) - begin);
}

TEST(ExperimentText, FiguresOfAllPresetsDiffer) {
  std::set<std::string> titles;
  std::set<std::pair<SweepAxis, std::string>> headlines;
  for (const std::string& name : preset_names()) {
    RunResults run;
    run.config = preset_or_file(name).config;
    titles.insert(title_of(run.config));
    run.config.name.clear();
    headlines.emplace(run.config.axis, experiment_headline(run));
  }
  EXPECT_EQ(titles.size(), preset_names().size());
  EXPECT_EQ(headlines.size(), preset_names().size());
}

TEST(ExperimentText, DrawLawsAreThoseOfTheCells) {
  RunResults run = sample_run();
  run.config.draw = DrawLaw::Product;
  EXPECT_TRUE(holds(experiment_headline(run), ", draw law product, ")) << experiment_headline(run);
  run.cells[0].estimator = Estimator::Splitting;
  EXPECT_TRUE(
      holds(experiment_headline(run), ", estimators reject and splitting, draw laws factors and product"))
      << experiment_headline(run);
  for (CellResult& cell : run.cells) cell.estimator = Estimator::Splitting;
  EXPECT_TRUE(holds(experiment_headline(run), ", estimator splitting, draw law factors, "));
  const auto rows = read_csv(cells_csv(run));
  const auto json = results_json(run);
  EXPECT_EQ(rows[0].at("draw"), "factors");
  EXPECT_EQ(json["cells"][0]["draw"], "factors");
  EXPECT_EQ(json["config"]["draw"], "product") << "as asked for";
}

TEST(ExperimentText, AShardIsNamedEverywhere) {
  RunResults run = sample_run();
  const auto outputs = [&] {
    return std::vector<std::string>{format_table(run),
                                    format_cells(run),
                                    report_html(run, {}),
                                    loss_figure(run).script,
                                    acceptance_figure(run).script,
                                    acceptance_curve_figure(run).script};
  };
  for (const std::string& text : outputs()) EXPECT_FALSE(holds(text, "shard 1")) << text;
  EXPECT_TRUE(results_json(run)["shard"].is_null());
  run.shard = {1, 3};
  run.descents_elsewhere = 3;
  for (const std::string& text : outputs()) EXPECT_TRUE(holds(text, "shard 1 of 3")) << text;
  EXPECT_EQ(results_json(run)["shard"], "1/3");
  EXPECT_EQ(results_json(run)["descents_elsewhere"], 3);
  EXPECT_TRUE(holds(honest_notes(run)[0], "descent of 3 of 4 cells belongs to other shards"));
}

TEST(Wrapped, BreaksAtSpacesAndCutsLongWords) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("one two three", 6), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(wrapped("one, two three", 9), (std::vector<std::string>{"one,", "two three"}));
  EXPECT_EQ(wrapped("one two, three", 8), (std::vector<std::string>{"one two,", "three"}));
  EXPECT_EQ(wrapped("overlong one", 5), (std::vector<std::string>{"over…", "one"}));
  EXPECT_EQ(wrapped("ööö öööööö", 5), (std::vector<std::string>{"ööö", "öööö…"}));
  EXPECT_TRUE(wrapped("", 5).empty());
}

TEST(Wrapped, TitlesOfFiguresAre) {
  RunResults run = sample_run();
  run.config.name = std::string(200, 'x');
  run.config.gd_momentum = 0.9;
  run.config.gnc_normalize = true;
  const std::string script = loss_figure(run).script;
  const std::size_t begin = script.find("set title '") + 11;
  const std::string title = script.substr(begin, script.find(" noenhanced", begin) - begin);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < title.size();) {
    const std::size_t end = std::min(title.find("'.\"\\n\".'", at), title.size());
    longest = std::max(longest, end - at);
    at = end + 8;
  }
  EXPECT_LE(longest, 74u) << title;  // an ellipsis has three bytes
  EXPECT_GE(longest, 60u) << title;
}

}  // namespace
}  // namespace gnc
