#include "host/experiment/population_run.hpp"

#include <fmt/format.h>

#include <new>
#include <stdexcept>

#include "host/errors.hpp"
#include "host/splitting/curve_points.hpp"

namespace gnc {
namespace {

Population population_of(const ChunkTask& task, const Config& config) {
  const CellView& view = task.prepared->view();
  SplittingSettings settings;
  settings.particles = particles_that_fit(view, static_cast<std::uint64_t>(config.splitting_particles));
  settings.sweeps = static_cast<int>(config.splitting_sweeps);
  return {*task.prepared, task.range.begin, settings, curve_points(config.gnc_eps_train, view)};
}

}  // namespace

PopulationRun::PopulationRun(const ChunkTask& task, const Config& config)
    : task_(task), population_(population_of(task, config)) {
  if (!task.state) return;
  try {
    population_.restore(task.state->state);
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("the ledger's state of population {} of cell {}: {}; the ledger is damaged",
                                 task.chunk, task.cell, error.what()));
  }
}

void PopulationRun::advance() {
  try {
    population_.advance();
  } catch (const std::bad_alloc&) {
    const CellView& view = task_.prepared->view();
    throw RunError(fmt::format(
        "out of memory: a population at width {} and depth {}; use fewer --threads or --particles",
        view.width, view.depth));
  }
}

PopulationRecord PopulationRun::record() const {
  return {population_.curve(), population_.prior(), population_.passes(), population_.level()};
}

PopulationState PopulationRun::state(double seconds) const {
  return {population_.levels(), seconds, population_.state()};
}

}  // namespace gnc
