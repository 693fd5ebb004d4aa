#pragma once

#include <filesystem>

#include "host/ledger/ledger.hpp"
#include "host/ledger/run_lock.hpp"

namespace gnc {

/// RunError where a file of the lock on a run's folder was removed or replaced.
void require_held(const RunLock& lock, const std::filesystem::path& folder);

/// RunError where the ledger of the run in the folder, or a file of its lock, was removed or replaced since
/// it was opened: what is there now is another run's, or another process's to write.
void require_in_place(const Ledger& ledger, const RunLock& lock, const std::filesystem::path& folder);

}  // namespace gnc
