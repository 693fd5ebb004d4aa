#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "kernels/batched/accepted_draws.hpp"
#include "kernels/batched/batched_draws.hpp"
#include "kernels/fused/fused_draw.hpp"
#include "kernels/fused/fused_shapes.hpp"

namespace gnc {

/// Whether a shape of with_fused_shape takes the cell's draws.
inline bool fused_takes(const CellView& cell) {
  bool room = false;
  return with_fused_shape(
             cell, [&]<class Shape>() { room = CellByValue<Shape::rows * Shape::cols>::has_room(cell); }) &&
         room;
}

/// A batch of draws that never leave their threads' registers; see BatchedDraws and GemmBatch.
template <class Backend>
class FusedBatch {
 public:
  FusedBatch(Backend& queue, const CellView& cell, std::uint32_t draws)
      : queue_(queue),
        cell_(cell),
        draws_(draws),
        prior_losses_(draws / kPriorEvery),
        accepted_(queue, draws),
        Y_(std::size_t{kRedrawnAtOnce} * static_cast<std::size_t>(cell.n_entries())) {
    if (!fused_takes(cell)) throw std::invalid_argument("FusedBatch: no shape for this cell");
  }
  FusedBatch(const FusedBatch&) = delete;
  FusedBatch& operator=(const FusedBatch&) = delete;
  ~FusedBatch() { queue_.drain(); }

  /// Draws of a batch: a power of two that kPriorBlock * kPriorEvery divides, 2^22 where memory is plenty.
  static std::uint32_t size(const CellView&, std::size_t free_bytes, int batches) {
    constexpr std::size_t kBytesOfDraw = sizeof(AcceptedRow) + sizeof(std::uint32_t) + 1;
    const std::size_t draws = free_bytes / 5 * 4 / static_cast<std::size_t>(batches) / kBytesOfDraw;
    const std::size_t least = std::size_t{kPriorBlock} * kPriorEvery;
    return static_cast<std::uint32_t>(std::bit_floor(std::clamp<std::size_t>(draws, least, 1u << 22)));
  }

  void start(std::uint64_t first, std::uint64_t begin, std::uint64_t end, double tolerance) {
    asked_ = {first, begin, end};
    queue_.clear(n_accepted_);
    const auto bound = static_cast<float>(tolerance * cell_.n_train * (1.0 + 1e-5));
    with_model([&]<class Shape, Activation kActivation, Prior kPrior>() {
      const FusedDraw<Shape, kActivation, kPrior> body{CellByValue<Shape::rows * Shape::cols>(cell_),
                                                       asked_,
                                                       bound,
                                                       tolerance,
                                                       prior_losses_.get(),
                                                       accepted_.get(),
                                                       n_accepted_.target()};
      queue_.for_each(draws_, body, "drawing");
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
      with_model([&]<class Shape, Activation kActivation, Prior kPrior>() {
        queue_.for_each(count, RedrawY<Shape, kActivation, kPrior>{cell_, asked_.first_draw, rows, Y_.get()},
                        "drawing kept draws once more");
      });
      return Y_.get();
    };
    accepted_.collect(n, asked_.first_draw, tolerances, static_cast<std::size_t>(cell_.n_entries()),
                      kRedrawnAtOnce, redraw_Y, tally);
  }

 private:
  static constexpr std::uint32_t kRedrawnAtOnce = 4096;

  /// Calls with shape, activation and prior as compile-time constants.
  template <class Call>
  void with_model(const Call& call) {
    with_fused_shape(cell_, [&]<class Shape>() {
      with_activation(cell_.activation, [&]<Activation kActivation>() {
        with_prior(cell_.prior,
                   [&]<Prior kPrior>() { call.template operator()<Shape, kActivation, kPrior>(); });
      });
    });
  }

  Backend& queue_;
  CellView cell_;
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
