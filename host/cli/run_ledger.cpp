#include "host/cli/run_ledger.hpp"

#include <fmt/format.h>

#include <vector>

#include "host/config/config_difference.hpp"
#include "host/errors.hpp"
#include "host/experiment/estimator_choice.hpp"
#include "host/experiment/resolved_tolerances.hpp"
#include "host/ledger/problem_difference.hpp"
#include "host/report/shell_word.hpp"

namespace gnc {
namespace {

/// Throws UsageError that names the problem, or the first key, in which the run in the folder differs from
/// the one asked for, save for its budgets.
void require_same(const RequestedRun& asked, const Ledger& ledger, const std::string& folder) {
  const auto refuse = [&](const std::string& there, const std::string& here) {
    throw UsageError(fmt::format(
        "{}: the run there has {}, this one asks for {}; resume it with its own settings (gnc run "
        "--resume --out {}), or choose another folder with --out",
        folder, there, here, shell_word(folder)));
  };
  // Before the keys: the sizes of another problem are others.
  if (const auto difference =
          problem_difference(ledger.config(), ledger.plan().problem_json, asked.config, asked.problem_json)) {
    refuse("another problem, " + difference->first, difference->second);
  }
  if (const auto difference =
          first_difference(ledger.config(), asked.config, {"gnc_num_samples", "splitting_populations"})) {
    refuse(fmt::format("\"{}\" = {}", difference->key, difference->first), difference->second);
  }
}

}  // namespace

Ledger new_ledger(const std::filesystem::path& folder, const RequestedRun& asked, const ChosenEngine& engine,
                  const Shard& shard, int threads, const NewLedgerEvents& events) {
  std::vector<CellPlan> plans;
  if (asked.config.estimator == Estimator::Auto) {
    events.tell(
        fmt::format("estimator auto: pilots choose for each cell reject, where it can be expected "
                    "to accept {:g} draws, else conditional, where its weights are even enough, else "
                    "splitting",
                    kEnoughAccepted));
    plans = choose_estimators(asked.config, asked.problem_json, threads, events.pilots);
    for (const std::string& line : plan_lines(asked.config, plans)) events.tell("  " + line);
    require_resolved_tolerances(asked.config, plans, asked.problem_json, asked.of_tolerances);
  }
  events.before_creating();
  return Ledger::create(folder, asked.config, engine.name, engine.arithmetic, asked.problem_json, plans,
                        shard);
}

Ledger begun_ledger(const std::filesystem::path& folder, const std::optional<RequestedRun>& asked,
                    const std::optional<Shard>& shard) {
  Ledger ledger = Ledger::open(folder, Database::Mode::ReadWrite);
  if (asked) require_same(*asked, ledger, folder.string());
  if (shard && *shard != ledger.plan().shard) {
    throw UsageError(fmt::format("{}: holds shard {} of its run, this one asks for {}; leave --shard out",
                                 folder.string(), name_of(ledger.plan().shard), name_of(*shard)));
  }
  return ledger;
}

}  // namespace gnc
