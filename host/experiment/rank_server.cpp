#include "host/experiment/rank_server.hpp"

#include <fmt/format.h>

#include <utility>

#include "host/errors.hpp"
#include "host/experiment/rank_messages.hpp"

namespace gnc {

RankServer::RankServer(Ranks& ranks, const RunPlan& plan, ChunkQueue& queue)
    : ranks_(ranks), queue_(queue), active_(ranks.size() - 1) {
  send_all(encode(BeginMessage{plan}));
}

bool RankServer::serve(const std::function<void(const FinishedWork&)>& record) {
  // A result and a request of each.
  const int most = 2 * (ranks_.size() - 1);
  for (int served = 0; served < most; ++served) {
    const std::optional<RankMessage> received = ranks_.receive();
    if (!received) return served > 0;
    const Message message = decode(received->bytes);
    if (const auto* request = std::get_if<RequestMessage>(&message)) {
      hand_out(received->from, request->tasks);
    } else if (const auto* work = std::get_if<FinishedWork>(&message)) {
      record(*work);
    } else if (const auto* done = std::get_if<DoneMessage>(&message)) {
      --active_;
      interrupted_ = interrupted_ || done->interrupted;
    } else if (std::holds_alternative<StopMessage>(message)) {
      interrupted_ = true;
    } else if (const auto* failed = std::get_if<FailedMessage>(&message)) {
      const std::string what = fmt::format("rank {}: {}", received->from, failed->what);
      if (failed->usage) throw UsageError(what);
      throw RunError(what);
    } else {
      throw RunError(fmt::format("rank {} sent what only rank 0 sends", received->from));
    }
  }
  return true;
}

void RankServer::stop() {
  if (!std::exchange(stopped_, true)) send_all(encode(StopMessage{}));
}

void RankServer::hand_out(int rank, std::uint64_t tasks) {
  for (; tasks > 0; --tasks) {
    const std::optional<ChunkTask> task = queue_.next();
    ranks_.send(rank, task ? encode(*task) : encode(NoMoreMessage{}));
    if (!task) return;
  }
}

void RankServer::send_all(const std::vector<std::uint8_t>& bytes) {
  for (int rank = 1; rank < ranks_.size(); ++rank) ranks_.send(rank, bytes);
}

}  // namespace gnc
