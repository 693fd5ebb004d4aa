#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "kernels/batched/accepted_draws.hpp"
#include "kernels/batched/batched_draws.hpp"
#include "kernels/batched/cell_on_device.hpp"
#include "kernels/fused/fused_draw.hpp"
#include "kernels/fused/fused_shapes.hpp"
#include "kernels/level_bounds.hpp"

namespace gnc {

/// Whether a shape of with_fused_shape takes the cell's draws.
inline bool fused_takes(const CellView& cell) {
  return with_fused_shape(cell, [&]<class Shape>() {});
}

/// Calls with the cell's shape, activation and prior as compile-time constants.
template <class Call>
void with_fused_model(const CellView& cell, const Call& call) {
  with_fused_shape(cell, [&]<class Shape>() {
    with_activation(cell.activation, [&]<Activation kActivation>() {
      with_prior(cell.prior, [&]<Prior kPrior>() {
        if constexpr (Shape::template has<kActivation, kPrior>) {
          call.template operator()<Shape, kActivation, kPrior>();
        }
      });
    });
  });
}

/// A batch of draws that never leave their threads; see BatchedDraws and GemmBatch.
template <class Backend>
class FusedBatch {
 public:
  FusedBatch(Backend& queue, const CellView& cell, std::uint32_t draws)
      : queue_(queue),
        cell_(cell),
        on_device_(cell),
        draws_(draws),
        prior_losses_(draws / kPriorEvery),
        accepted_(queue, draws),
        Y_(std::size_t{kRedrawnAtOnce} * static_cast<std::size_t>(cell.n_entries())) {
    if (!fused_takes(cell)) throw std::invalid_argument("FusedBatch: no shape for this cell");
    on_device_.upload(queue_, cell_);
  }
  FusedBatch(const FusedBatch&) = delete;
  FusedBatch& operator=(const FusedBatch&) = delete;
  ~FusedBatch() { queue_.drain(); }

  /// Goes on with another cell, if it fits into this one's memory; false leaves the batch as it was.
  bool move_to(const CellView& cell) {
    if (!on_device_.has_sizes_of(cell) || !fused_takes(cell)) return false;
    cell_ = cell;
    on_device_.upload(queue_, cell_);
    return true;
  }

  /// The places of the prior's share go by as many draws.
  static constexpr std::uint32_t least_draws = kPriorBlock * kPriorEvery;
  /// Draws of a batch: a power of two, 2^24 where memory is plenty, beside which what the host does between
  /// two batches is little.
  static std::uint32_t size(const CellView&, std::size_t free_bytes, int batches) {
    constexpr std::size_t kBytesOfDraw = sizeof(AcceptedRow) + sizeof(std::uint32_t) + 1;
    const std::size_t draws = free_bytes / 5 * 4 / static_cast<std::size_t>(batches) / kBytesOfDraw;
    return static_cast<std::uint32_t>(std::bit_floor(std::clamp<std::size_t>(draws, least_draws, 1u << 24)));
  }

  void start(std::uint64_t first, std::uint64_t begin, std::uint64_t end, double tolerance) {
    asked_ = {first, begin, end};
    const std::uint64_t first_row = std::max(begin, first) - first;
    const std::uint64_t end_row = std::min<std::uint64_t>(end - first, draws_);
    queue_.clear(n_accepted_);
    with_fused_model(cell_, [&]<class Shape, Activation kActivation, Prior kPrior>() {
      const FusedDraw<Shape, kActivation, kPrior> body{typename Shape::Cell(cell_, on_device_.view()),
                                                       first,
                                                       static_cast<std::uint32_t>(first_row),
                                                       residual_bound(tolerance, cell_.n_train),
                                                       tolerance,
                                                       prior_losses_.get(),
                                                       accepted_.get(),
                                                       n_accepted_.target()};
      queue_.for_each(static_cast<std::uint32_t>(end_row - first_row), body, "drawing");
    });
    queue_.fetch(n_accepted_);
    queue_.sum(draws_ / kPriorEvery, FusedPriorTerm{asked_, prior_losses_.get()}, prior_);
  }

  void finish(std::span<const double> tolerances, TallyBuilder& tally) {
    queue_.wait();
    tally.add_prior(prior_.get());
    const std::uint32_t n = n_accepted_.get();
    if (n == 0) return;
    const auto redraw_Y = [&](const std::uint32_t* rows, std::uint32_t count) {
      with_fused_model(cell_, [&]<class Shape, Activation kActivation, Prior kPrior>() {
        queue_.for_each(count,
                        RedrawY<Shape, kActivation, kPrior>{typename Shape::Cell(cell_, on_device_.view()),
                                                            asked_.first_draw, rows, Y_.get()},
                        "drawing kept draws once more");
      });
      return Y_.get();
    };
    accepted_.collect(n, asked_.first_draw, tolerances, static_cast<std::size_t>(cell_.n_entries()),
                      kRedrawnAtOnce, redraw_Y, tally);
  }

 private:
  static constexpr std::uint32_t kRedrawnAtOnce = 4096;

  Backend& queue_;
  CellView cell_;  // its matrices on the host
  CellOnDevice<Backend> on_device_;
  std::uint32_t draws_;
  typename Backend::template Buffer<float> prior_losses_;
  AcceptedDraws<Backend> accepted_;
  typename Backend::template Buffer<float> Y_;
  typename Backend::template Result<std::uint32_t> n_accepted_;
  typename Backend::template Result<LossSums> prior_;
  AskedRows asked_{};
};

/// Engine "cuda-fused" on a CUDA backend, for cells that fused_takes.
template <class Backend>
using FusedDraws = BatchedDraws<Backend, FusedBatch<Backend>>;

}  // namespace gnc
