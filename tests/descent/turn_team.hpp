#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "kernels/descent_team.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc {

/// A team of `size` workers that one thread plays in turn, with the work shared out as among the threads of a
/// block on a device. Work is kept until sync(); then one worker does all of its part, then the next, in an
/// order drawn anew each time. Where a worker reads what another one writes without a sync() in between,
/// results depend on that order.
class TurnTeam {
 public:
  static constexpr int sums_at_once = 1;

  /// The orders are those of `seed`.
  TurnTeam(int size, unsigned seed) : state_(std::make_shared<State>(State{size, std::mt19937(seed)})) {
    state_->order.resize(static_cast<std::size_t>(size));
    std::iota(state_->order.begin(), state_->order.end(), 0);
  }

  template <class Count, class Body>
  void for_each(Count count, Body body) const {
    state_->work.emplace_back(
        [count, body, size = state_->size](int worker) { turns_of(worker, size).for_each(count, body); });
  }
  template <class Count, class Given, class Body>
  void for_each(Count count, Given given, Body body) const {
    state_->work.emplace_back([count, given, body, size = state_->size](int worker) {
      turns_of(worker, size).for_each(count, given, body);
    });
  }
  template <class L>
  void product(plain::LaneMatrix a, plain::LaneMatrix b, float* c, int ldc, int rows, int inner,
               int cols) const {
    plain::multiply_by_entries<L>(*this, a, b, c, ldc, rows, inner, cols);
  }
  void sync() const {
    const int number = state_->syncs++;
    if (state_->forgotten >= 0 && number % state_->period == state_->forgotten) return;
    finish();
  }

  /// Calls of sync() so far.
  int syncs() const { return state_->syncs; }
  /// From now on every `period`-th sync() does nothing, beginning with the one after `first` others.
  void forget_sync(int first, int period) {
    state_->syncs = 0;
    state_->forgotten = first;
    state_->period = period;
  }
  /// Does what work is left.
  void finish() const {
    for (std::size_t left = state_->order.size(); left > 1; --left) {
      std::swap(state_->order[left - 1], state_->order[state_->random() % left]);
    }
    for (const int worker : state_->order) {
      for (const auto& part : state_->work) part(worker);
    }
    state_->work.clear();
  }

 private:
  struct Worker {
    int number_;
    int size_;
    int number() const { return number_; }
    int size() const { return size_; }
  };
  static plain::SharingTeam<Worker> turns_of(int worker, int size) {
    return plain::SharingTeam<Worker>({worker, size});
  }

  struct State {
    int size = 1;
    std::mt19937 random;
    std::vector<int> order = {};
    std::vector<std::function<void(int)>> work = {};
    int syncs = 0;
    int forgotten = -1;
    int period = 1;
  };
  std::shared_ptr<State> state_;
};

}  // namespace gnc
