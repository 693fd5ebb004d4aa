#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace gnc {

/// Does `work` on the run in `folder`, which calls Interrupt::check now and then, and returns the exit code.
/// The first SIGINT, SIGTERM or SIGHUP ends it, in kGracePeriod at the latest, and nothing is left
/// half-written; last it prints `last_words`, given whether something in flight was given up.
int interruptible(const std::filesystem::path& folder, const std::function<void()>& work,
                  const std::function<std::string(bool)>& last_words);

/// The last words of a command that makes or reports the run in `folder`.
std::string report_interrupted(const std::filesystem::path& folder,
                               const std::optional<std::string>& out = std::nullopt);

}  // namespace gnc
