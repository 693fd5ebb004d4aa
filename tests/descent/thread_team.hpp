#pragma once

#include <barrier>

#include "kernels/descent_team.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// One worker of a team of threads, with the work shared out as among the threads of a block on a device.
class ThreadTeam {
 public:
  static constexpr int sums_at_once = 1;

  ThreadTeam(int worker, int size, std::barrier<>& barrier)
      : worker_(worker), size_(size), barrier_(&barrier) {}

  template <class Count, class Body>
  void for_each(Count count, Body body) const {
    for (Count i = worker_; i < count; i += size_) body(i);
  }
  template <class Count, class Given, class Body>
  void for_each(Count count, Given given, Body body) const {
    const auto x = given();
    for (Count i = worker_; i < count; i += size_) body(i, x);
  }
  template <class L>
  void product(plain::LaneMatrix a, plain::LaneMatrix b, float* c, int ldc, int rows, int inner,
               int cols) const {
    plain::multiply_by_entries<L>(*this, a, b, c, ldc, rows, inner, cols);
  }
  void sync() const { barrier_->arrive_and_wait(); }

 private:
  int worker_;
  int size_;
  std::barrier<>* barrier_;
};

}  // namespace gnc
