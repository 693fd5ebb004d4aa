#include "host/cli/lead_or_follow.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>

#include "host/cli/execute.hpp"
#include "host/cli/join_ranks.hpp"
#include "host/cli/report_error.hpp"
#include "host/experiment/end_ranks.hpp"
#include "host/experiment/follow_rank.hpp"
#include "host/experiment/grace_period.hpp"
#include "host/experiment/interrupt.hpp"

namespace gnc {
namespace {

/// Ranks that have not heard of the end by then hear of nothing any more. Each looks for messages all the
/// time, save while it finds its devices.
constexpr std::chrono::milliseconds kPatienceAtEnd{20'000};

}  // namespace

int lead_or_follow(const std::function<int(Ranks&)>& lead,
                   const std::function<WorkerOptions(const RunPlan&, const Ranks&)>& prepare) {
  const std::unique_ptr<Ranks> ranks = join_ranks();
  if (ranks->rank() != 0) {
    const Interrupt interrupt;
    const GracePeriod grace(kGracePeriodOfOthers, [] { std::_Exit(kInterrupted); });
    try {
      return follow_rank_0(*ranks, [&](const RunPlan& plan) { return prepare(plan, *ranks); });
    } catch (...) {
      ranks->abort(report_error());  // the others would wait for this one
    }
  }
  int code = kFailed;
  try {
    code = lead(*ranks);
  } catch (...) {
    code = report_error();  // before the other ranks are waited for
  }
  end_ranks(*ranks, code, kPatienceAtEnd);
  return code;
}

}  // namespace gnc
