#pragma once

#include <filesystem>
#include <functional>

namespace gnc {

/// Makes or reports the run in `folder` by `work`, which calls Interrupt::check now and then; returns the
/// exit code. The first SIGINT or SIGTERM ends it, and nothing is left half-written.
int interruptible(const std::filesystem::path& folder, const std::function<void()>& work);

}  // namespace gnc
