#pragma once

#include <iosfwd>

#include "host/cli/commands.hpp"

namespace gnc {

/// Exit codes of the program.
enum ExitCode { kDone = 0, kFailed = 1, kBadUsage = 2, kInterrupted = 3 };

/// Each executes one command, writes its result to `out`, and returns the exit code. UsageError and RunError
/// are the caller's to report.
int execute(const RunCommand& command, std::ostream& out);
int execute(const PresetsCommand& command, std::ostream& out);
int execute(const ShowCommand& command, std::ostream& out);
int execute(const ReportCommand& command, std::ostream& out);
int execute(const ReplayCommand& command, std::ostream& out);
int execute(const ProblemCommand& command, std::ostream& out);
int execute(const BenchCommand& command, std::ostream& out);
int execute(const MergeCommand& command, std::ostream& out);

}  // namespace gnc
