#pragma once

#include <filesystem>

namespace gnc {

/// Makes the folder of a run if needed; whether it did. UsageError where a file is in the way or the path is
/// too long for a ledger, RunError where the disk refuses.
bool make_run_folder(const std::filesystem::path& directory);

}  // namespace gnc
