#include "host/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/config/names.hpp"
#include "host/report/experiment_text.hpp"
#include "host/report/honest_notes.hpp"
#include "host/report/point_summary.hpp"
#include "host/report/tolerance_text.hpp"
#include "host/report/value_text.hpp"

namespace gnc {
namespace {

std::string align(const TableRows& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      line += fmt::format("{}{:<{}}", column == 0 ? "" : "  ", row[column], widths[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

// A column whose value never changes is said once, above the table.
std::string take_constant_columns(TableRows& rows) {
  std::string said;
  for (const char* name : {"tolerance", "depth", "width"}) {
    const auto place = std::find(rows.front().begin(), rows.front().end(), name) - rows.front().begin();
    if (rows.size() < 3) break;
    if (!std::all_of(rows.begin() + 2, rows.end(),
                     [&](const auto& row) { return row[place] == rows[1][place]; })) {
      continue;
    }
    said = fmt::format("{} {}{}{}", name, rows[1][place], said.empty() ? "" : ", ", said);
    for (auto& row : rows) row.erase(row.begin() + place);
  }
  return said.empty() ? said : "All rows: " + said + ".\n";
}

/// "conditional 5, splitting 3"
std::string estimators_text(const std::map<Estimator, std::int64_t>& estimators) {
  std::string text;
  for (const auto& [estimator, cells] : estimators) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", name_of(estimator),
                        estimators.size() > 1 ? fmt::format(" {}", cells) : "");
  }
  return text;
}

bool has_weights(const RunResults& run) {
  return std::ranges::any_of(run.cells,
                             [](const CellResult& cell) { return cell.estimator == Estimator::Conditional; });
}

bool has_missing_seeds(const PointSummary& point) {
  const auto missing = [&](const auto& spread) { return spread && rests_on_some_seeds(point, *spread); };
  return missing(point.rate) || missing(point.gnc) || missing(point.gd) || missing(point.prior);
}

/// Beside seeds with an accepted draw.
bool has_empty_seeds(const PointSummary& point) {
  return point.rate && point.rate->without_rate > 0 && point.rate->without_rate < point.rate->seeds;
}

std::string notes(const RunResults& run) {
  std::string text;
  for (const std::string& note : honest_notes(run)) text += "Note: " + note + '\n';
  return text;
}

}  // namespace

TableRows point_rows(const RunResults& run) {
  TableRows rows{
      {"width", "depth", "tolerance", "drawn", "accepted", "acceptance rate", "G&C", "GD", "prior"}};
  const bool weighted = has_weights(run);
  if (weighted) rows.front().insert(rows.front().end(), {"least ESS", "largest k-hat"});
  const bool chosen = run.config.estimator == Estimator::Auto;
  if (chosen) rows.front().emplace_back("estimators");
  const ToleranceText tolerance(run.config.gnc_eps_train);
  for (const PointSummary& point : summarize_points(run)) {
    const auto losses = [&](const std::optional<LossSpread>& spread) {
      return spread_text(spread) + (spread ? seeds_text(spread->seeds, point.seeds) : "");
    };
    rows.push_back({width_name(point.width), fmt::format("{}", point.depth), tolerance(point.eps_train),
                    count_text(point.drawn), point.drawn > 0 ? count_text(point.accepted) : "-",
                    rate_text(point), losses(point.gnc), losses(point.gd), losses(point.prior)});
    if (weighted) {
      rows.back().push_back(point.least_ess ? fmt::format("{:.3g}", *point.least_ess) : "-");
      rows.back().push_back(point.largest_pareto_k ? fmt::format("{:.2f}", *point.largest_pareto_k) : "-");
    }
    if (chosen) rows.back().push_back(estimators_text(point.estimators));
  }
  return rows;
}

TableRows cell_rows(const RunResults& run) {
  TableRows rows{{"width", "depth", "seed", "tolerance", "drawn", "accepted", "acceptance rate", "G&C",
                  "std. error", "GD", "GD train", "prior", "draws/s"}};
  const bool weighted = has_weights(run);
  if (weighted) rows.front().insert(rows.front().end(), {"ESS", "k-hat"});
  const bool chosen = run.config.estimator == Estimator::Auto;
  if (chosen) rows.front().emplace_back("estimator");
  const ToleranceText tolerance(run.config.gnc_eps_train);
  for (const CellResult& cell : run.cells) {
    for (const double eps_train : run.config.gnc_eps_train) {
      const ToleranceResult* found = find_tolerance(cell, eps_train);
      const ToleranceResult result = found != nullptr ? *found : ToleranceResult{};
      const bool known = found != nullptr && cell.drawn > 0;
      rows.push_back({width_name(cell.width), fmt::format("{}", cell.depth), fmt::format("{}", cell.seed),
                      tolerance(eps_train), count_text(cell.drawn), known ? count_text(result.accepted) : "-",
                      known ? rate_text(cell, result) : "-", loss_text(result.gnc_gen),
                      loss_text(result.gnc_gen_se), loss_text(cell.gd_gen), loss_text(cell.gd_train),
                      loss_text(cell.prior_gen),
                      cell.samples_per_second > 0.0 ? fmt::format("{:.3g}", cell.samples_per_second) : "-"});
      if (weighted) {
        rows.back().push_back(result.ess ? fmt::format("{:.3g}", *result.ess) : "-");
        rows.back().push_back(result.pareto_k ? fmt::format("{:.2f}", *result.pareto_k) : "-");
      }
      if (chosen) rows.back().push_back(name_of(cell.estimator));
    }
  }
  return rows;
}

std::string count_caption(const RunResults& run) {
  const bool splits = std::ranges::any_of(
      run.cells, [](const CellResult& cell) { return cell.estimator == Estimator::Splitting; });
  std::string text;
  if (has_weights(run)) text += " With conditional: hidden draws, accepted those of nonzero weight.";
  if (splits) text += " With splitting: drawn are forward passes, accepted particles below the tolerance.";
  return text;
}

std::string point_caption(const RunResults& run) {
  if (run.config.num_seeds == 1) {
    return "One seed: acceptance rate with its 95 % interval; generalization losses as they are." +
           count_caption(run);
  }
  std::string text = fmt::format(
      "Over {} seeds: drawn and accepted in all; acceptance rate as median [lowest highest]; generalization "
      "losses as median [quartiles].",
      run.config.num_seeds);
  const std::vector<PointSummary> points = summarize_points(run);
  if (std::ranges::any_of(points, has_missing_seeds)) {
    text += fmt::format(" \"(1 of {} seeds)\": the others have no value, or none yet.", run.config.num_seeds);
  }
  if (std::ranges::any_of(points, has_empty_seeds)) {
    text += fmt::format(" Seeds {} rank lowest, as 0: their rates are known to be below the bound alone.",
                        std::ranges::all_of(points, counts_accepted) ? "with 0 accepted" : "without a rate");
  }
  return text + count_caption(run);
}

std::string format_table(const RunResults& run) {
  TableRows rows = point_rows(run);
  const std::string constant = take_constant_columns(rows);
  return experiment_headline(run) + '\n' + point_caption(run) + "\n" + constant + "\n" + align(rows) +
         notes(run);
}

std::string format_cells(const RunResults& run) {
  return experiment_headline(run) +
         "\nEach cell: acceptance rate [95 % interval]; losses are generalization losses unless said." +
         count_caption(run) + "\n\n" + align(cell_rows(run)) + notes(run);
}

}  // namespace gnc
