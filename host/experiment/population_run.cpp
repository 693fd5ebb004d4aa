#include "host/experiment/population_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

#include "host/errors.hpp"
#include "host/splitting/curve_points.hpp"
#include "kernels/cpu/cpu_particles.hpp"

namespace gnc {
namespace {

SplittingSettings settings_of(const PreparedCell& cell, const Config& config) {
  return {particles_that_fit(cell.view(), static_cast<std::uint64_t>(config.splitting_particles)),
          static_cast<int>(config.splitting_sweeps)};
}

}  // namespace

PopulationRun::PopulationRun(const PreparedCell& cell, std::uint64_t population, const Config& config,
                             const std::optional<PopulationState>& begun)
    : cell_(cell),
      settings_(settings_of(cell, config)),
      populations_(cell.view(), std::span(&population, 1), settings_,
                   curve_points(config.gnc_eps_train, cell.view()),
                   std::make_unique<CpuParticles>(cell.view(), 1, settings_.particles)) {
  if (!begun) return;
  try {
    populations_.restore(0, begun->state);
  } catch (const std::invalid_argument& error) {
    throw UsageError(
        fmt::format("the ledger's state of population {} at width {}, depth {}: {}; the ledger is damaged",
                    population, cell.view().width, cell.view().depth, error.what()));
  }
}

void PopulationRun::advance() {
  try {
    populations_.advance();
  } catch (const std::bad_alloc&) {
    const CellView& view = cell_.view();
    throw RunError(fmt::format(
        "out of memory: a population at width {} and depth {}; use fewer --threads or --particles",
        view.width, view.depth));
  }
}

double PopulationRun::seconds_between_states() const {
  // SQLite's default limit is 10^9 bytes.
  constexpr double kMostBytes = 9e8;
  constexpr double kSeconds = 2.0, kBytesInThem = 32.0 * 1024 * 1024;
  const CellView& view = cell_.view();
  const double bytes = static_cast<double>(settings_.particles) * sizeof(float) *
                       static_cast<double>(n_weights(view.n_rows, view.n_cols, view.width, view.depth) + 1);
  if (bytes > kMostBytes) return std::numeric_limits<double>::infinity();
  return kSeconds * std::max(1.0, bytes / kBytesInThem);
}

PopulationRecord PopulationRun::record() const {
  const Population& population = populations_[0];
  return {population.curve(), population.prior(), population.passes(), population.level(),
          settings_.particles};
}

PopulationState PopulationRun::state(double seconds) const {
  return {populations_[0].levels(), seconds, populations_.state(0)};
}

}  // namespace gnc
