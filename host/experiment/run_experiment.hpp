#pragma once

#include <functional>

#include "host/descent/descent.hpp"
#include "host/experiment/ranks.hpp"
#include "host/experiment/workers.hpp"
#include "host/ledger/ledger.hpp"
#include "host/report/progress.hpp"

namespace gnc {

enum class RunOutcome { Finished, Interrupted };

/// How a run is executed; none of it changes its results.
struct RunOptions {
  WorkerOptions workers;
  Descend descend;               ///< trains the baseline; empty: run_descents on the workers' threads
  Ranks* ranks = nullptr;        ///< others that draw as well, each by follow_rank_0; may be null
  Progress* progress = nullptr;  ///< told how far the run is; may be null
  std::function<void()> before_recording = [] {};  ///< called each time; where it throws, the run ends
};

/// Does what the ledger's run still lacks: gradient descent for every cell, then every missing chunk. On
/// SIGINT, SIGTERM or SIGHUP (see Interrupt) the chunks in flight are finished and recorded first. Throws
/// RunError where the disk fails or memory runs out; what was recorded before stays.
RunOutcome run_experiment(Ledger& ledger, const RunOptions& options);

}  // namespace gnc
