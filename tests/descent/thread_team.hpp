#pragma once

#include <barrier>

#include "kernels/descent_team.hpp"

namespace gnc {

/// A thread of a team on the host, as BlockThread is one on a device.
class HostThread {
 public:
  HostThread(int number, int size, std::barrier<>& barrier)
      : number_(number), size_(size), barrier_(&barrier) {}

  int number() const { return number_; }
  int size() const { return size_; }
  void sync() const { barrier_->arrive_and_wait(); }

 private:
  int number_;
  int size_;
  std::barrier<>* barrier_;
};

using ThreadTeam = plain::SharingTeam<HostThread>;

}  // namespace gnc
