#pragma once

#include <filesystem>

namespace gnc {

/// Makes the folder of a run if needed. UsageError where a file is in the way or the path is too long for a
/// ledger, RunError where the disk refuses.
void make_run_folder(const std::filesystem::path& directory);

}  // namespace gnc
