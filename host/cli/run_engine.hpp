#pragma once

#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/engine_choice.hpp"
#include "host/cli/requested_run.hpp"
#include "host/experiment/ranks.hpp"
#include "host/ledger/run_plan.hpp"

namespace gnc {

/// Threads that a rank takes: as of --threads; by default the ranks of a host share its cores, where mpirun
/// has not given each its own.
int threads_of_rank(const RunCommand& command, const Ranks& ranks);

/// The engine of a rank for a new run. UsageError as of choose_engine, and where cores are to move
/// populations beside devices: theirs would end long after.
ChosenEngine new_run_engine(const RequestedRun& asked, const RunCommand& command, const Ranks& ranks);

/// The engine of a rank for a run that was begun, in `folder` or as the messages may call it. UsageError
/// where this machine has none that gives the same bits, or another is asked for.
ChosenEngine begun_run_engine(const RunPlan& plan, const RunCommand& command, const Ranks& ranks,
                              const std::string& folder);

}  // namespace gnc
