#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/overrides.hpp"
#include "host/ledger/ledger.hpp"

namespace gnc {

/// Gives the run in `folder` more draws or populations where what is asked for differs from its own. Returns
/// what that changes, in a line for the user; empty where nothing differs. UsageError, and a run as it was,
/// where a number is smaller than the run's, or is one that none of its cells takes.
std::string extend_run(Ledger& ledger, std::optional<std::uint64_t> num_samples,
                       std::optional<std::int64_t> populations, const std::string& folder);

/// What is to be told where the experiment that was named with --resume has another budget than the run in
/// `folder`, which keeps its own unless an option gives it more, or other chunks; a line for each that some
/// of its cells take, none where nothing differs.
std::vector<std::string> kept_budgets(const RunPlan& plan, const Config& asked, const Overrides& options,
                                      const std::string& folder);

}  // namespace gnc
