#include "host/ledger/run_plan.hpp"

#include <algorithm>
#include <utility>

#include "host/config/sweep.hpp"
#include "host/engine/engine.hpp"
#include "host/splitting/curve_points.hpp"

namespace gnc {
namespace {

std::uint64_t chunk_size_of(const Config& config, const Point& point, Estimator estimator,
                            const std::string& engine) {
  if (estimator == Estimator::Splitting) {
    // A core takes one population after the other.
    return engine == "cpu" ? 1
                           : populations_of_task(weights_per_draw(config, point),
                                                 static_cast<std::uint64_t>(config.splitting_particles));
  }
  if (config.chunk_size != 0) return config.chunk_size;
  return default_chunk_size(engine, draw_work(config, point, estimator));
}

/// floor(budget * part / parts)
std::uint64_t share(std::uint64_t budget, std::int64_t part, std::int64_t parts) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(budget) * static_cast<Wide>(part) /
                                    static_cast<Wide>(parts));
}

}  // namespace

std::int64_t draw_work(const Config& config, const Point& point, Estimator estimator) {
  if (estimator == Estimator::Reject) return numbers_per_draw(config, point);
  const std::int64_t weights = weights_per_draw(config, point);
  if (estimator == Estimator::Splitting) return weights;
  // The reduction of a covariance of the measurements, about their cube in multiplications, four at once.
  const std::int64_t n = config.num_measurements;
  return weights + n * n * n / 4;
}

DrawRange RunPlan::range(std::size_t cell) const { return part_of(cells.at(cell).plan.budget, shard); }

bool RunPlan::descends(std::size_t cell) const {
  return gnc::descends(config, cells.at(cell).point) && has_descent(shard, cell);
}

DrawRange part_of(std::uint64_t budget, const Shard& shard) {
  return {share(budget, shard.number - 1, shard.of), share(budget, shard.number, shard.of)};
}

bool has_descent(const Shard& shard, std::size_t cell) {
  return static_cast<std::int64_t>(cell) % shard.of == shard.number - 1;
}

BudgetSource budget_source(const Config& config, Estimator estimator) {
  if (estimator == Estimator::Splitting) return BudgetSource::Populations;
  const bool by_pilot = config.estimator == Estimator::Auto && estimator == Estimator::Conditional;
  return by_pilot ? BudgetSource::Pilot : BudgetSource::NumSamples;
}

RunPlan extended(RunPlan plan, std::optional<std::uint64_t> num_samples,
                 std::optional<std::int64_t> populations) {
  Config& config = plan.config;
  config.gnc_num_samples = std::max(config.gnc_num_samples, num_samples.value_or(0));
  config.splitting_populations = std::max(config.splitting_populations, populations.value_or(0));
  for (PlannedCell& cell : plan.cells) {
    const BudgetSource source = budget_source(config, cell.plan.estimator);
    if (source == BudgetSource::Pilot) continue;
    const std::uint64_t budget = source == BudgetSource::Populations
                                     ? static_cast<std::uint64_t>(config.splitting_populations)
                                     : config.gnc_num_samples;
    cell.plan.budget = std::max(cell.plan.budget, budget);
  }
  return plan;
}

std::vector<PlannedCell> planned_cells(const Config& config, const std::string& engine,
                                       const std::vector<CellPlan>& plans) {
  std::vector<PlannedCell> cells;
  for (const Point& point : config.points) {
    for (std::int64_t seed = 0; seed < config.num_seeds; ++seed) {
      CellPlan plan = plans.empty() ? plan_of(config) : plans.at(cells.size());
      const std::uint64_t chunk_size = chunk_size_of(config, point, plan.estimator, engine);
      cells.push_back({point, seed, chunk_size, std::move(plan)});
    }
  }
  return cells;
}

}  // namespace gnc
