#include "host/report/honest_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>

#include "host/report/point_summary.hpp"
#include "host/report/tolerance_text.hpp"

namespace gnc {
namespace {

// A loss is summed in steps of 2^-40, about 1e-12.
constexpr double kLeastResolvedLoss = 1e-10;
constexpr double kLargestLoss = 0x1p23;  // that enters a sum as it is
// Above this a Monte Carlo mean of weights is unreliable (Vehtari et al., JMLR 25, 2024).
constexpr double kMostParetoK = 0.7;
constexpr int kLeastEss = 100;
// A mean whose standard error is more of it than this, of losses whose variance is more than so many squared
// means, rests on the few largest; larger ones that have not been met would move it.
constexpr double kMostPriorError = 0.03;
constexpr double kMostPriorVariance = 30.0;
constexpr std::uint64_t kLeastPopulations = 8;
// Beyond this the mean of the populations' rates is that of its largest few, and beyond the lesser one their
// losses have short intervals (docs/methods.md, `splitting`).
constexpr double kMostPopulationSpread = 1.0;
constexpr double kMostSpreadOfLosses = 0.6;

void append_extent_notes(const RunResults& run, std::vector<std::string>& notes) {
  if (!run.finished)
    notes.emplace_back("The run is not finished: the numbers rest on the draws made so far.");
  if (run.shard.of > 1) {
    std::string note = fmt::format(
        "This is shard {} of {}: its part of the draws of each cell. gnc merge makes the run of all shards.",
        run.shard.number, run.shard.of);
    if (run.descents_elsewhere > 0) {
      note += fmt::format(" Gradient descent of {} of {} cells belongs to other shards.",
                          run.descents_elsewhere, run.cells.size());
    }
    notes.push_back(std::move(note));
  }
}

/// Cells without an accepted draw at a tolerance.
struct EmptyCells {
  double eps_train = 0.0;
  std::size_t empty = 0;
  std::size_t drawn = 0;
};

/// At the tolerances where there are some, largest first.
std::vector<EmptyCells> empty_cells(const RunResults& run) {
  std::vector<EmptyCells> all;
  for (const double eps_train : run.config.gnc_eps_train) {
    EmptyCells cells{eps_train};
    for (const CellResult& cell : run.cells) {
      const ToleranceResult* result = find_tolerance(cell, eps_train);
      // Where splitting stopped is told below.
      if (result == nullptr || cell.drawn == 0 || cell.estimator == Estimator::Splitting) continue;
      ++cells.drawn;
      if (result->accepted == 0) ++cells.empty;
    }
    if (cells.empty > 0) all.push_back(cells);
  }
  return all;
}

/// "4 of 12 cells at tolerance 0.02, 7 of 12 at 0.01 and 9 of 12 at 0.005", of many tolerances "4 to 12 of 12
/// cells at 9 tolerances from 0.02 down to 0.0001".
std::string empty_cells_text(const std::vector<EmptyCells>& all, const ToleranceText& text) {
  constexpr std::size_t most_listed = 4;
  if (all.size() > most_listed) {
    const auto [least, most] = std::ranges::minmax_element(all, {}, &EmptyCells::empty);
    return fmt::format("{}{} of {} cells at {} tolerances from {} down to {}", least->empty,
                       least->empty < most->empty ? fmt::format(" to {}", most->empty) : "",
                       std::ranges::max(all, {}, &EmptyCells::drawn).drawn, all.size(),
                       text(all.front().eps_train), text(all.back().eps_train));
  }
  std::string list;
  for (const EmptyCells& cells : all) {
    const char* separator = &cells == &all.front() ? "" : &cells == &all.back() ? " and " : ", ";
    list +=
        fmt::format("{}{} of {}{} at {}{}", separator, cells.empty, cells.drawn, list.empty() ? " cells" : "",
                    list.empty() ? "tolerance " : "", text(cells.eps_train));
  }
  return list;
}

/// Of networks without a hidden layer.
void append_width_note(const RunResults& run, std::vector<std::string>& notes) {
  std::set<std::int64_t> widths;
  for (const Point& point : run.config.points) {
    if (point.depth == 1) widths.insert(point.width);
  }
  if (widths.size() > 1) {
    notes.push_back("Networks of depth 1 have no hidden layer: their widths differ by chance alone.");
  }
}

void append_rate_notes(const RunResults& run, std::vector<std::string>& notes) {
  if (const std::vector<EmptyCells> empty = empty_cells(run); !empty.empty()) {
    notes.push_back(
        fmt::format("No draw was accepted in {}: their acceptance rate is an upper bound (end of the 95 % "
                    "interval) and they have no G&C loss.",
                    empty_cells_text(empty, ToleranceText(run.config.gnc_eps_train))));
  }
  std::size_t rates = 0, tiny_rates = 0;
  for (const CellResult& cell : run.cells) {
    for (const ToleranceResult& result : cell.tolerances) {
      if (!result.has_rate()) continue;
      ++rates;
      if (result.rate().value == 0.0) ++tiny_rates;
    }
  }
  if (tiny_rates > 0) {
    notes.push_back(fmt::format(
        "Rates below 2.2e-308 in {} of {} results: CSV files and JSON have these by their base-10 logarithm, "
        "log10_rate, and 0 as acceptance_rate.",
        tiny_rates, rates));
  }
}

void append_descent_notes(const RunResults& run, std::vector<std::string>& notes) {
  const DescentCount descents = count_descents(run);
  if (descents.diverged > 0) {
    notes.push_back(fmt::format(
        "Gradient descent diverged in {} of {} runs: their losses are infinite and rank above all "
        "others in medians and quartiles.",
        descents.diverged, descents.finished));
  }
  const auto infinite = static_cast<std::size_t>(
      std::ranges::count(run.cells, kInfiniteWidth, [](const CellResult& cell) { return cell.width; }));
  if (run.config.gd && infinite > 0) {
    notes.push_back(
        fmt::format("No gradient descent in {} of {} cells: a network of infinite width cannot be trained.",
                    infinite, run.cells.size()));
  }
}

void append_weight_notes(const RunResults& run, std::vector<std::string>& notes) {
  std::size_t weighted = 0;
  std::size_t heavy = 0;
  std::size_t few = 0;
  std::size_t few_stored = 0;
  double heaviest = 0.0;
  double least_ess = std::numeric_limits<double>::infinity();
  std::uint64_t least_stored = kLeastEss;
  for (const CellResult& cell : run.cells) {
    for (const ToleranceResult& result : cell.tolerances) {
      if (!result.ess) continue;
      ++weighted;
      least_ess = std::min(least_ess, *result.ess);
      if (*result.ess < kLeastEss) {
        ++few;
      } else if (result.gnc_gen_median && result.quantile_draws < kLeastEss) {
        ++few_stored;
        least_stored = std::min(least_stored, result.quantile_draws);
      }
      if (result.pareto_k && *result.pareto_k > kMostParetoK) ++heavy;
      heaviest = std::max(heaviest, result.pareto_k.value_or(0.0));
    }
  }
  if (heavy > 0) {
    notes.push_back(fmt::format(
        "Pareto k-hat above {} in {} of {} results of conditional (largest {:.2f}): few draws carry their "
        "weight, and rates, losses and intervals there are not to be trusted. Draw more, or take estimator "
        "splitting.",
        kMostParetoK, heavy, weighted, heaviest));
  }
  if (few > 0) {
    notes.push_back(
        fmt::format("Effective sample size below {} in {} of {} results of conditional (least {:.3g}): their "
                    "intervals are rough, and the few draws that carry them may miss others that matter.",
                    kLeastEss, few, weighted, least_ess));
  }
  if (few_stored > 0) {
    notes.push_back(fmt::format(
        "Medians and quartiles of G&C losses rest on fewer than {} effective draws in {} of {} results of "
        "conditional (least {}): they are of the draws of the largest weights and of the first {} of nonzero "
        "weight. A new run with a larger max_stored has better ones; rates and means rest on all draws.",
        kLeastEss, few_stored, weighted, least_stored, run.config.max_stored));
  }
}

void append_splitting_notes(const RunResults& run, std::vector<std::string>& notes) {
  std::size_t cells = 0, stopped = 0, outstanding = 0, smaller = 0, rough = 0, spread = 0, uneven = 0,
              results = 0;
  double level = 0.0;
  double largest_spread = 0.0;
  std::uint64_t fewest = 0;
  std::uint64_t least_populations = 0;
  for (const CellResult& cell : run.cells) {
    if (cell.estimator != Estimator::Splitting || cell.drawn == 0) continue;
    ++cells;
    if (cell.populations < kLeastPopulations) {
      least_populations = rough == 0 ? cell.populations : std::min(least_populations, cell.populations);
      ++rough;
    }
    if (cell.populations_outstanding) ++outstanding;
    if (cell.level_reached) {
      ++stopped;
      level = std::max(level, *cell.level_reached);
    }
    if (cell.particles > 0 && cell.particles < static_cast<std::uint64_t>(run.config.splitting_particles)) {
      fewest = smaller == 0 ? cell.particles : std::min(fewest, cell.particles);
      ++smaller;
    }
    for (const ToleranceResult& result : cell.tolerances) {
      if (!result.population_spread) continue;
      ++results;
      if (*result.population_spread > kMostPopulationSpread) {
        ++spread;
      } else if (*result.population_spread > kMostSpreadOfLosses) {
        ++uneven;
      }
      largest_spread = std::max(largest_spread, *result.population_spread);
    }
  }
  if (stopped > 0) {
    notes.push_back(fmt::format(
        "Splitting did not reach the smallest tolerance in {} of its {} cells: some population stopped {}, "
        "as no move led further down, or to so few particles that they would make the rate too large. "
        "Rates at tolerances that were not reached are upper bounds, without a G&C loss. No network may fit "
        "so well, or many have the same loss; else more --particles or --sweeps may help.",
        stopped, cells,
        std::isinf(level) ? "among its draws of the prior"
                          : fmt::format("at a train loss of {:.4g} or less", level)));
  }
  if (outstanding > 0) {
    notes.push_back(
        fmt::format("Populations of splitting are outstanding in {} of its {} cells: those that end first "
                    "have the larger rates, and bound the rate from above alone.",
                    outstanding, cells));
  }
  if (smaller > 0) {
    notes.push_back(fmt::format(
        "Splitting moved fewer particles than the {} asked for in {} of its {} cells, down to {} a "
        "population: more do not fit the memory of one, 256 MiB. More --populations narrow the "
        "intervals there.",
        run.config.splitting_particles, smaller, cells, fewest));
  }
  if (rough > 0) {
    notes.push_back(fmt::format(
        "Fewer than {} populations in {} of the {} cells of splitting, down to {}: the errors, which rest on "
        "how populations differ, are rough.{}",
        kLeastPopulations, rough, cells, least_populations, run.finished ? " Take more --populations." : ""));
  }
  if (spread > 0) {
    notes.push_back(fmt::format(
        "Populations of splitting disagree in {} of {} results (standard deviation of the logarithm of their "
        "rates up to {:.2g}): a few of them carry rates and losses, and the intervals are not to be "
        "trusted. Take more --particles or --sweeps.",
        spread, results, largest_spread));
  }
  if (uneven > 0) {
    notes.push_back(fmt::format(
        "Populations of splitting differ in {} of {} results by {} to {} (standard deviation of the "
        "logarithm of their rates): intervals of G&C losses are too short there where losses go with rates. "
        "More --particles even them out.",
        uneven, results, kMostSpreadOfLosses, kMostPopulationSpread));
  }
}

void append_prior_notes(const RunResults& run, std::vector<std::string>& notes) {
  std::size_t rare = 0;
  double largest_error = 0.0;
  for (const CellResult& cell : run.cells) {
    if (!cell.prior_gen) continue;
    // What was drawn does not show a tail that it has missed.
    const double error = std::max(cell.prior_error_by_law, cell.prior_gen_se.value_or(0.0)) / *cell.prior_gen;
    const double variance = error * error * static_cast<double>(cell.prior_count);
    if (error <= kMostPriorError || variance <= kMostPriorVariance) continue;
    ++rare;
    largest_error = std::max(largest_error, error);
  }
  if (rare > 0) {
    notes.push_back(fmt::format(
        "Prior means rest on a few draws of large loss in {} of {} cells (standard error {} of the mean): "
        "losses of deep or narrow networks have long tails, and such a mean is rather too low, by far more "
        "than its prior_gen_se says where none of the tail was met. More draws help slowly.",
        rare, run.cells.size(),
        largest_error > 1.0 ? "up to more than the whole" : fmt::format("up to {:.2g}", largest_error)));
  }
}

void append_sum_notes(const RunResults& run, std::vector<std::string>& notes) {
  std::size_t unresolved = 0;
  std::size_t tiny = 0;
  std::size_t empty = 0;
  std::size_t large = 0;
  for (const CellResult& cell : run.cells) {
    empty += cell.tiny_means;
    large += cell.large_means;
    if (cell.prior_gen && *cell.prior_gen < kLeastResolvedLoss) ++tiny;
    for (const ToleranceResult& result : cell.tolerances) {
      if (cell.estimator != Estimator::Reject) continue;  // the others' sums are exact or in double
      if (result.accepted >= 2 && result.gnc_gen && !result.gnc_gen_se && cell.saturated == 0) ++unresolved;
      if (result.gnc_gen && *result.gnc_gen < kLeastResolvedLoss) ++tiny;
    }
  }
  if (unresolved > 0) {
    notes.push_back(fmt::format(
        "Unknown standard errors of G&C losses: {}; the fixed-point sums do not resolve how the losses vary.",
        unresolved));
  }
  if (tiny > 0) {
    notes.push_back(
        fmt::format("Mean losses below {}: {}, near the step of the fixed-point sums; they may be wrong by a "
                    "hundredth and more.",
                    kLeastResolvedLoss, tiny));
  }
  if (empty > 0) {
    notes.push_back(fmt::format(
        "Mean losses too small for the fixed-point sums, and left empty: {}. Quartiles are of the losses "
        "themselves.",
        empty));
  }
  std::uint64_t saturated = 0;
  std::uint64_t without_loss = 0;
  for (const CellResult& cell : run.cells) {
    without_loss += cell.without_loss;
    if (cell.without_loss == 0) saturated += cell.saturated;
  }
  if (without_loss > 0) {
    notes.push_back(fmt::format(
        "Y is 0 or beyond single precision in {} of the draws that were looked at, and cannot be "
        "normalised: such draws are never accepted. Rates may be too low by their share, by which "
        "the upper ends of intervals are raised; prior means are left empty.",
        without_loss));
  }
  if (saturated > 0) {
    notes.push_back(fmt::format(
        "{} losses have squares too large for the fixed-point sums: means that include them have no "
        "standard error, and are left empty ({}) where losses above {:.2g} may be among them. A Y beyond "
        "single precision counts as one, and is never accepted.",
        saturated, large, kLargestLoss));
  }
}

}  // namespace

std::vector<std::string> honest_notes(const RunResults& run) {
  std::vector<std::string> notes;
  append_extent_notes(run, notes);
  append_width_note(run, notes);
  append_rate_notes(run, notes);
  append_descent_notes(run, notes);
  append_weight_notes(run, notes);
  append_splitting_notes(run, notes);
  append_prior_notes(run, notes);
  append_sum_notes(run, notes);
  return notes;
}

}  // namespace gnc
