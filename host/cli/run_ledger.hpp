#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "host/cli/engine_choice.hpp"
#include "host/cli/requested_run.hpp"
#include "host/config/shard.hpp"
#include "host/ledger/ledger.hpp"

namespace gnc {

/// What a new run says while its ledger is made.
struct NewLedgerEvents {
  std::function<void(const std::string&)> tell;                   ///< what pilots chose, line by line
  std::function<void(std::size_t done, std::size_t all)> pilots;  ///< cells piloted, by any thread
  std::function<void()> before_creating;                          ///< may throw
};

/// The ledger of a new run, with the estimator of every cell, which pilots by so many threads find where it
/// is to be chosen. UsageError where the folder holds a run, or a tolerance is not resolved.
Ledger new_ledger(const std::filesystem::path& folder, const RequestedRun& asked, const ChosenEngine& engine,
                  const Shard& shard, int threads, const NewLedgerEvents& events);

/// The ledger of a run that was begun, open for writing. UsageError where it is of another run than the one
/// asked for, if any is, its budgets aside, or of another shard.
Ledger begun_ledger(const std::filesystem::path& folder, const std::optional<RequestedRun>& asked,
                    const std::optional<Shard>& shard);

}  // namespace gnc
