#pragma once

#include <cstdint>

#include "kernels/cpu/scratch_memory.hpp"
#include "kernels/descent_view.hpp"

namespace gnc {

/// Gradient-descent runs that this machine takes side by side.
int descent_lanes();

/// A group of descent_lanes() runs of one model, on the SIMD lanes of this machine.
class DescentGroup {
 public:
  /// All weights, measurements and learning rates start at zero. Throws std::bad_alloc.
  explicit DescentGroup(const DescentModel& model);

  /// Entry `i` of a lane, to be set before the first epoch.
  float& weight(int lane, std::int64_t i) { return arrays_.weights[i * lanes_ + lane]; }
  float& A_train(int lane, std::int64_t i) { return arrays_.A_train[i * lanes_ + lane]; }
  float& b_train(int lane, std::int64_t i) { return arrays_.b_train[i * lanes_ + lane]; }
  float& lr(int lane) { return arrays_.lr[lane]; }

  /// Runs `count` further epochs.
  void run_epochs(std::int64_t count);
  /// Brings `Y` up to date with the weights.
  void update_Y();
  float Y(int lane, std::int64_t i) const { return arrays_.Y[i * lanes_ + lane]; }

 private:
  DescentModel model_;
  int lanes_;
  ScratchMemory memory_;
  DescentArrays arrays_;
  double decay_power_ = 1.0;  // a^t after t epochs
};

}  // namespace gnc
