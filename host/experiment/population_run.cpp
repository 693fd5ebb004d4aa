#include "host/experiment/population_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>
#include <stdexcept>

#include "host/errors.hpp"
#include "host/splitting/curve_points.hpp"

namespace gnc {
namespace {

SplittingSettings settings_of(const PreparedCell& cell, const Config& config) {
  const CellView& view = cell.view();
  const std::int64_t weights = n_weights(view.n_rows, view.n_cols, view.width, view.depth);
  return {particles_that_fit(weights, static_cast<std::uint64_t>(config.splitting_particles)),
          static_cast<int>(config.splitting_sweeps)};
}

std::vector<std::uint64_t> each_of(DrawRange numbers) {
  std::vector<std::uint64_t> each(numbers.size());
  std::iota(each.begin(), each.end(), numbers.begin);
  return each;
}

}  // namespace

std::uint64_t PopulationRun::at_once(Engine& engine, const PreparedCell& cell, const Config& config) {
  return engine.populations_at_once(cell, settings_of(cell, config).particles);
}

PopulationRun::PopulationRun(Engine& engine, const PreparedCell& cell, DrawRange numbers,
                             const Config& config, const std::map<std::uint64_t, PopulationState>& begun)
    : cell_(cell),
      tolerances_(config.gnc_eps_train),
      first_(numbers.begin),
      settings_(settings_of(cell, config)),
      populations_(cell.view(), each_of(numbers), settings_, curve_points(config.gnc_eps_train, cell.view()),
                   engine.particles(cell, static_cast<std::uint32_t>(numbers.size()), settings_.particles)),
      seconds_(numbers.size()) {
  for (auto at = begun.lower_bound(numbers.begin); at != begun.end() && at->first < numbers.end; ++at) {
    const auto& [population, state] = *at;
    try {
      populations_.restore(population - first_, state.state);
    } catch (const std::invalid_argument& error) {
      throw UsageError(
          fmt::format("the ledger's state of population {} at width {}, depth {}: {}; the ledger is damaged",
                      population, cell.view().width, cell.view().depth, error.what()));
    }
    seconds_[population - first_] = state.seconds;
  }
}

void PopulationRun::advance() {
  advanced_.clear();
  for (std::size_t i = 0; i < size(); ++i) {
    if (!finished(i)) advanced_.push_back(i);
  }
  try {
    populations_.advance();
  } catch (const std::bad_alloc&) {
    const CellView& view = cell_.view();
    throw RunError(fmt::format(
        "out of memory: a population at width {} and depth {}; use fewer --threads or --particles",
        view.width, view.depth));
  }
}

void PopulationRun::add_seconds(double seconds) {
  for (const std::size_t i : advanced_) seconds_[i] += seconds / static_cast<double>(advanced_.size());
}

double PopulationRun::seconds_between_states(int workers) const {
  // SQLite's default limit is 10^9 bytes.
  constexpr double kMostBytes = 9e8;
  constexpr double kSeconds = 2.0, kBytesInThem = 32.0 * 1024 * 1024;
  const CellView& view = cell_.view();
  const double bytes = static_cast<double>(settings_.particles) * sizeof(float) *
                       static_cast<double>(n_weights(view.n_rows, view.n_cols, view.width, view.depth) + 1);
  if (bytes > kMostBytes) return std::numeric_limits<double>::infinity();
  return kSeconds * std::max(1.0, workers * static_cast<double>(size()) * bytes / kBytesInThem);
}

PopulationRecord PopulationRun::record(std::size_t i) const {
  const Population& population = populations_[i];
  PopulationRecord record{population.curve(), population.prior(), population.passes(), population.level(),
                          settings_.particles};
  for (CurvePoint& point : record.curve) {
    if (std::ranges::find(tolerances_, point.eps_train) == tolerances_.end()) point.gen_losses.clear();
  }
  return record;
}

PopulationState PopulationRun::state(std::size_t i) const {
  return {populations_[i].levels(), seconds_[i], populations_.state(i)};
}

}  // namespace gnc
