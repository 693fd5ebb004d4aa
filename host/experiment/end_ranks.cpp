#include "host/experiment/end_ranks.hpp"

#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "host/errors.hpp"
#include "host/experiment/rank_messages.hpp"

namespace gnc {
namespace {

/// Whether all others have answered in time.
bool all_gone(Ranks& ranks, int code, std::chrono::milliseconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (int rank = 1; rank < ranks.size(); ++rank) ranks.send(rank, encode(EndMessage{code}));
  const std::vector<std::uint8_t> answer = encode(GoneMessage{});
  for (int there = ranks.size() - 1; there > 0;) {
    if (const std::optional<RankMessage> received = ranks.receive()) {
      if (received->bytes == answer) --there;
      continue;
    }
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace

void end_ranks(Ranks& ranks, int code, std::chrono::milliseconds patience) {
  try {
    if (all_gone(ranks, code, patience)) return;
  } catch (const RunError&) {
    // There is nobody left to tell.
  }
  ranks.abort(code);
}

}  // namespace gnc
