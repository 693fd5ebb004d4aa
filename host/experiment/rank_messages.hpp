#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "host/experiment/chunk_task.hpp"
#include "host/experiment/finished_work.hpp"
#include "host/ledger/run_plan.hpp"

namespace gnc {

// What the ranks of a run tell each other. Rank 0 keeps the ledger and the queue of chunks; the others ask it
// for tasks and hand it what they finished.

/// Rank 0: this is the run.
struct BeginMessage {
  RunPlan plan;
};
/// Another rank: so many tasks more, please.
struct RequestMessage {
  std::uint64_t tasks = 0;
};
/// Rank 0: all tasks are handed out.
struct NoMoreMessage {};
/// Rank 0: the run was interrupted; finish what is in flight. Another rank: it was interrupted on its own,
/// and finishes what is in flight.
struct StopMessage {};
/// Another rank: everything was handed over; `interrupted`: it was stopped before its tasks were done.
struct DoneMessage {
  bool interrupted = false;
};
/// Another rank: it cannot go on. `usage`: a UsageError, else a RunError.
struct FailedMessage {
  std::string what;
  bool usage = false;
};
/// Rank 0: the run ends, with this exit code.
struct EndMessage {
  int code = 0;
};

/// Another rank: it heard of the end; nothing comes after this.
struct GoneMessage {};

using Message = std::variant<BeginMessage, RequestMessage, ChunkTask, NoMoreMessage, StopMessage,
                             FinishedWork, DoneMessage, FailedMessage, EndMessage, GoneMessage>;

/// CBOR; numbers and losses keep every bit.
std::vector<std::uint8_t> encode(const Message& message);
/// RunError for bytes that `encode` did not make.
Message decode(const std::vector<std::uint8_t>& bytes);

}  // namespace gnc
