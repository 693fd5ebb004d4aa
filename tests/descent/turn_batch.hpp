#pragma once

#include <span>
#include <utility>
#include <vector>

#include "host/descent/batched_descent.hpp"
#include "kernels/descent_slice.hpp"
#include "tests/descent/turn_team.hpp"

namespace gnc {

/// What a device does with a batch, played on the host: the same slices, each run by a TurnTeam and with
/// shared memory that holds no numbers between slices.
class TurnBatch : public DescentBatch {
 public:
  /// `team_size` workers a run, or as many as a device's block has where it is 0; `shared` floats at most.
  TurnBatch(std::span<const DescentInput> inputs, int team_size, std::size_t shared) : team_size_(team_size) {
    for (const DescentInput& input : inputs) {
      std::vector<float>& home = homes_.emplace_back(static_cast<std::size_t>(n_array_entries(input.model)));
      write_start(input, home.data());
      runs_.push_back(sliced_descent(input, home.data(), shared));
    }
  }

  void run_epochs(std::int64_t count) override {
    for (SlicedDescent& run : runs_) {
      std::vector<float> shared(shared_floats(run.model, run.in_shared), -1e20f);
      const TurnTeam team(team_size_ > 0 ? team_size_ : run.threads, seed_++);
      plain::descent_slice(team, &run, shared.data(), count);
    }
  }
  std::vector<float> Y(std::size_t run) override {
    const float* Y = runs_[run].home.Y;
    return {Y, Y + runs_[run].model.n_entries()};
  }

 private:
  int team_size_;
  unsigned seed_ = 1;
  std::vector<std::vector<float>> homes_;
  std::vector<SlicedDescent> runs_;
};

}  // namespace gnc
