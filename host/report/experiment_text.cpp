#include "host/report/experiment_text.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "host/config/names.hpp"

namespace gnc {
namespace {

/// What goes without saying.
const Config& usual() {
  static const Config config;
  return config;
}

/// "estimators conditional and splitting"
template <class Kind>
std::string kinds_text(const std::string& word, const std::set<Kind>& kinds) {
  std::string names;
  for (const Kind kind : kinds) {
    const bool last = kind == *kinds.rbegin();
    names += (names.empty() ? "" : last ? " and " : ", ") + std::string(name_of(kind));
  }
  return fmt::format("{}{} {}", word, kinds.size() > 1 ? "s" : "", names);
}

std::set<Estimator> estimators_of(const RunResults& run) {
  std::set<Estimator> estimators;
  for (const CellResult& cell : run.cells) estimators.insert(cell.estimator);
  if (estimators.empty()) estimators.insert(run.config.estimator);
  return estimators;
}

std::set<DrawLaw> draw_laws_of(const RunResults& run) {
  std::set<DrawLaw> laws;
  for (const CellResult& cell : run.cells) laws.insert(draw_law_of(run, cell));
  if (laws.empty()) laws.insert(run.config.draw);
  return laws;
}

std::string named(const Config& config) { return config.name.empty() ? "" : config.name + ": "; }

std::string activation_text(const Config& config) {
  std::string text = name_of(config.activation);
  if (config.activation == Activation::LeakyRelu && config.negative_slope != usual().negative_slope) {
    text += fmt::format(" of slope {}", config.negative_slope);
  }
  return text;
}

std::string prior_text(const Config& config) { return name_of(config.gnc_init) + " prior"; }

std::string counted(std::int64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string problem_text(const Config& config) {
  const std::string size = fmt::format("a {}x{} matrix", config.n_rows, config.n_cols);
  if (config.problem_file) {
    return fmt::format("{} of {}, problem {}",
                       counted(config.num_measurements, "measurement", "measurements"), size,
                       std::filesystem::path(*config.problem_file).filename().string());
  }
  const std::string measured = config.completion
                                   ? counted(config.num_measurements, "known entry", "known entries")
                                   : counted(config.num_measurements, "measurement", "measurements");
  std::string text = fmt::format("{} of {} of rank {}", measured, size, config.gt_rank);
  if (config.gt_norm != usual().gt_norm) text += fmt::format(" and norm {}", config.gt_norm);
  return text;
}

/// The problem and the network, part by part, without what is as by default.
std::vector<std::string> setting_of(const Config& config) {
  std::vector<std::string> parts{problem_text(config)};
  if (config.gnc_normalize) {
    parts.emplace_back("normalised");
    if (config.gnc_softening != usual().gnc_softening) {
      parts.back() += fmt::format(" with softening {}", config.gnc_softening);
    }
  }
  if (config.gd && config.gd_momentum > 0.0)
    parts.push_back(fmt::format("GD momentum {}", config.gd_momentum));
  if (config.seed != usual().seed) parts.push_back(fmt::format("run seed {}", config.seed));
  return parts;
}

}  // namespace

DrawLaw draw_law_of(const RunResults& run, const CellResult& cell) {
  const bool by_weights = cell.estimator != Estimator::Reject && cell.width != kInfiniteWidth;
  return by_weights ? DrawLaw::Factors : run.config.draw;
}

std::string experiment_title(const RunResults& run) {
  const Config& config = run.config;
  std::string title = named(config) + activation_text(config);
  if (config.axis == SweepAxis::Width && !config.points.empty()) {
    title += fmt::format(", depth {}", config.points.front().depth);
  } else if (config.axis == SweepAxis::Depth && !config.points.empty()) {
    title += fmt::format(", width {}", width_name(config.points.front().width));
  }
  return title + ", " + prior_text(config);
}

std::vector<std::string> experiment_setting(const RunResults& run) {
  std::vector<std::string> parts = setting_of(run.config);
  const auto estimators = estimators_of(run);
  if (estimators != std::set{Estimator::Reject}) parts.push_back(kinds_text("estimator", estimators));
  const auto laws = draw_laws_of(run);
  if (laws != std::set{DrawLaw::Factors}) parts.push_back(kinds_text("draw law", laws));
  return parts;
}

std::string experiment_headline(const RunResults& run) {
  std::string text = named(run.config) + activation_text(run.config) + ", " + prior_text(run.config);
  for (const std::string& part : setting_of(run.config)) text += ", " + part;
  text += fmt::format(", {}, {}, engine {}", kinds_text("estimator", estimators_of(run)),
                      kinds_text("draw law", draw_laws_of(run)), run.engine);
  const std::string shard = shard_text(run);
  return shard.empty() ? text : text + ", " + shard;
}

std::string shard_text(const RunResults& run) {
  return run.shard.of > 1 ? fmt::format("shard {} of {}", run.shard.number, run.shard.of) : std::string();
}

}  // namespace gnc
