#pragma once

#include <mpi.h>

#include <cstddef>
#include <list>

#include "host/experiment/ranks.hpp"

namespace gnc {

/// The processes that mpirun started. At most one object in a process's life.
class MpiRanks final : public Ranks {
 public:
  MpiRanks();
  /// Waits until all ranks have come here, and what was sent to them has arrived.
  ~MpiRanks() override;

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_rank() const override { return local_rank_; }
  int local_size() const override { return local_size_; }
  void send(int to, std::vector<std::uint8_t> bytes) override;
  std::size_t on_the_way() const override { return on_the_way_; }
  std::optional<RankMessage> receive() override;
  [[noreturn]] void abort(int code) override;

 private:
  /// A message on its way: MPI reads the bytes until it has arrived.
  struct Sending {
    std::vector<std::uint8_t> bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  void forget_arrived();

  int rank_ = 0;
  int size_ = 1;
  int local_rank_ = 0;
  int local_size_ = 1;
  std::list<Sending> sending_;
  std::size_t on_the_way_ = 0;
};

}  // namespace gnc
