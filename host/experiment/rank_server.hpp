#pragma once

#include <functional>
#include <vector>

#include "host/experiment/chunk_queue.hpp"
#include "host/experiment/finished_work.hpp"
#include "host/experiment/ranks.hpp"

namespace gnc {

/// Rank 0's side of a run that several ranks draw: hands chunks to the others and takes in what they
/// finished.
class RankServer {
 public:
  /// Tells the others to begin. `ranks` and `queue` must outlive this object.
  RankServer(Ranks& ranks, const RunPlan& plan, ChunkQueue& queue);

  /// Answers messages that are here, so many that each rank is served and rank 0 may then look after itself;
  /// whether there were any. Throws RunError or UsageError where a rank cannot go on, naming it.
  bool serve(const std::function<void(const FinishedWork&)>& record);
  /// Tells the others that the run was interrupted.
  void stop();
  /// Ranks that have work in flight or have not handed it over.
  int active() const { return active_; }
  /// A rank was interrupted on its own.
  bool interrupted() const { return interrupted_; }

 private:
  void hand_out(int rank, std::uint64_t tasks);
  void send_all(const std::vector<std::uint8_t>& bytes);

  Ranks& ranks_;
  ChunkQueue& queue_;
  int active_;
  bool stopped_ = false;
  bool interrupted_ = false;
};

}  // namespace gnc
