#include "host/cli/extend_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "host/config/names.hpp"
#include "host/config/sweep.hpp"
#include "host/errors.hpp"

namespace gnc {
namespace {

std::ptrdiff_t count_cells(const RunPlan& plan, BudgetSource source) {
  return std::ranges::count_if(plan.cells, [&](const PlannedCell& cell) {
    return budget_source(plan.config, cell.plan.estimator) == source;
  });
}

/// By what the cells are estimated, and what gives them more.
std::string cells_text(const RunPlan& plan) {
  std::vector<std::string> kinds;
  for (const Estimator estimator : {Estimator::Reject, Estimator::Conditional, Estimator::Splitting}) {
    const bool taken = std::ranges::any_of(
        plan.cells, [&](const PlannedCell& cell) { return cell.plan.estimator == estimator; });
    if (!taken) continue;
    const BudgetSource source = budget_source(plan.config, estimator);
    kinds.push_back(fmt::format("{} ({})", name_of(estimator),
                                source == BudgetSource::NumSamples ? "--num-samples gives more"
                                : source == BudgetSource::Populations
                                    ? "--populations gives more"
                                    : "with as many hidden draws as the pilots "
                                      "of auto asked for"));
  }
  return fmt::format("{}", fmt::join(kinds, " and "));
}

/// UsageError where the number that is asked for is not the run's and cannot be given to it.
void require_usable(const RunPlan& plan, std::uint64_t asked, std::uint64_t there, BudgetSource source,
                    std::string_view option, const std::string& folder) {
  if (asked == there) return;
  if (count_cells(plan, source) == 0) {
    throw UsageError(
        fmt::format("{}: {}: got {}, expected {} as in the run there, no cell of which takes it: its cells "
                    "are of estimator {}",
                    folder, option, asked, there, cells_text(plan)));
  }
  if (asked < there) {
    throw UsageError(
        fmt::format("{}: the run there has {} of {}, this one asks for {}; a run can be given more, not "
                    "less: expected {} or more",
                    folder, option, there, asked, there));
  }
}

}  // namespace

std::string extend_run(Ledger& ledger, std::optional<std::uint64_t> num_samples,
                       std::optional<std::int64_t> populations, const std::string& folder) {
  const RunPlan& before = ledger.plan();
  if (num_samples) {
    require_usable(before, *num_samples, before.config.gnc_num_samples, BudgetSource::NumSamples,
                   "--num-samples", folder);
  }
  if (populations) {
    require_usable(before, static_cast<std::uint64_t>(*populations),
                   static_cast<std::uint64_t>(before.config.splitting_populations), BudgetSource::Populations,
                   "--populations", folder);
  }
  const RunPlan plan = extended(before, num_samples, populations);
  if (plan == before) return "";
  check_combination(plan.config, [](std::string_view) { return ValueOrigin::option("--num-samples"); });
  if (plan.shard != Shard{}) {
    throw UsageError(fmt::format(
        "{}: shard {} of a run cannot be given more draws; merge the shards (gnc merge) and extend the whole",
        folder, name_of(plan.shard)));
  }
  std::vector<std::string> parts;
  std::ptrdiff_t grown = 0;
  const auto grows = [&](BudgetSource source, bool larger, const std::string& budget) {
    const std::ptrdiff_t cells = larger ? count_cells(plan, source) : 0;
    if (cells > 0) parts.push_back(fmt::format("{} to {}", cells, budget));
    grown += cells;
  };
  grows(BudgetSource::NumSamples, plan.config.gnc_num_samples > before.config.gnc_num_samples,
        fmt::format("{:.4g} draws", static_cast<double>(plan.config.gnc_num_samples)));
  grows(BudgetSource::Populations, plan.config.splitting_populations > before.config.splitting_populations,
        fmt::format("{} populations", plan.config.splitting_populations));
  const auto total = static_cast<std::ptrdiff_t>(plan.cells.size());
  std::string line = fmt::format("{} goes on with a larger budget: of {} cell{} {}", folder, total,
                                 total == 1 ? "" : "s", fmt::join(parts, ", "));
  if (total > grown) {
    line += fmt::format(
        ", {} as before (estimator auto chose the estimators, and the hidden draws of "
        "conditional, when the run began)",
        total - grown);
  }
  ledger.extend(plan);
  return line;
}

std::vector<std::string> kept_budgets(const RunPlan& plan, const Config& asked, const Overrides& options,
                                      const std::string& folder) {
  std::vector<std::string> lines;
  const auto keeps = [&](BudgetSource source, auto own, auto other, const char* what, const char* option) {
    if (own == other || count_cells(plan, source) == 0) return;
    lines.push_back(fmt::format("{} keeps its {} {}, where {} has {}; {} gives it more", folder, own, what,
                                asked.name.empty() ? "the config" : asked.name, other, option));
  };
  if (!options.num_samples) {
    keeps(BudgetSource::NumSamples, plan.config.gnc_num_samples, asked.gnc_num_samples, "draws a cell",
          "--num-samples");
  }
  if (!options.splitting_populations) {
    keeps(BudgetSource::Populations, plan.config.splitting_populations, asked.splitting_populations,
          "populations", "--populations");
  }
  if (options.chunk_size && *options.chunk_size != plan.config.chunk_size) {
    lines.push_back(fmt::format("{} keeps its chunks; --chunk-size is for a run that begins", folder));
  }
  return lines;
}

}  // namespace gnc
