#include <fmt/format.h>

#include <set>

#include "host/config/names.hpp"
#include "host/report/figure_source.hpp"

namespace gnc {
namespace {

/// ", estimators conditional and splitting"; empty where all cells are rejection's, which defines G&C.
std::string estimator_text(const RunResults& run) {
  std::set<Estimator> estimators;
  for (const CellResult& cell : run.cells) estimators.insert(cell.estimator);
  if (estimators.empty() || estimators == std::set{Estimator::Reject}) return "";
  std::string names;
  for (const Estimator estimator : estimators) {
    const bool last = estimator == *estimators.rbegin();
    names += (names.empty() ? "" : last ? " and " : ", ") + std::string(name_of(estimator));
  }
  return fmt::format(", estimator{} {}", estimators.size() > 1 ? "s" : "", names);
}

}  // namespace

std::string experiment_title(const RunResults& run) {
  const Config& config = run.config;
  std::string title = name_of(config.activation);
  if (config.axis == SweepAxis::Width && !config.points.empty()) {
    title += fmt::format(", depth {}", config.points.front().depth);
  } else if (config.axis == SweepAxis::Depth && !config.points.empty()) {
    title += fmt::format(", width {}", width_name(config.points.front().width));
  }
  return title + estimator_text(run);
}

}  // namespace gnc
