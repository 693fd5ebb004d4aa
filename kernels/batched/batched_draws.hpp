#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "kernels/cuda/device_error.hpp"
#include "kernels/draw_tally.hpp"

namespace gnc {

/// Draws of one cell after another in batches of type `Batch`, which runs on `Backend`:
/// - Batch::size(cell, free_bytes, batches): draws of a batch, a power of two, at least Batch::least_draws;
/// - Batch(queue, cell, draws), start(first, begin, end, tally.before_start()) and
///   finish(tolerances, tally): see GemmBatch;
/// - where batches serve one cell after another, move_to(cell): see FusedBatch.
///
/// `Backend` is a queue of work on a device, in order, that need not be finished when a call returns
/// (kernels/cuda/cuda_backend.hpp), or its like on the host (tests/batched/host_backend.hpp). It provides
/// - `Buffer<T>(count)`: memory of the device with get() and size(); `Result<T>`: one value that bodies write
///   through target(), and the host reads through get() after fetch(result) and wait(); clear(result);
/// - upload(from, count, buffer), upload_to(from, count, to), download(from, count, to): copies; the host's
///   end must stay until wait();
/// - for_each(count, body, doing): body(i) for every i below count, in any order;
/// - select(count, predicate, rows, n): the i below count with predicate(i), ascending, and their number;
/// - sum(count, term, total): sum of the LossSums term(i); sort(keys, sorted, count, bits);
/// - wait(): until everything queued is done; drain(): the same, whatever comes of it; free_bytes(): memory
///   that may be had.
///
/// Batches lie on a fixed grid of draw indices. Those that call a library make every call in the same shape,
/// also where only part of a batch is asked for: a library that gives the same bits for the same call then
/// gives a draw the same losses whatever the range. Each batch has its own queue: while one is collected, the
/// others keep the device busy.
template <class Backend, class Batch, class Tally = TallyBuilder>
class BatchedDraws {
 public:
  /// Draws begin .. end - 1, see run_draws. `cell_id` tells one cell from another. Memory that runs out
  /// shrinks the batches of the cell; throws DeviceError where Batch::least_draws do not fit or the device
  /// fails.
  template <class Cell>
  DrawTally run(const Cell& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored) {
    for (;;) {
      try {
        return try_run(cell, cell_id, tolerances, begin, end, max_stored);
      } catch (const DeviceError& error) {
        discard_batches();
        if (error.kind() != DeviceError::Kind::OutOfMemory || draws_ <= Batch::least_draws) throw;
        draws_ /= 2;
        shrunk_ = true;
      }
    }
  }

  /// Draws of a batch of the last cell.
  std::uint32_t batch_draws() const { return draws_; }

 private:
  static constexpr int kBatches = 3;

  template <class Cell>
  DrawTally try_run(const Cell& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                    std::uint64_t begin, std::uint64_t end, const StoreLimits& max_stored) {
    prepare(cell, cell_id);
    Tally tally(tolerances, static_cast<std::size_t>(cell.n_entries()), max_stored);
    std::uint64_t started = 0;
    std::uint64_t finished = 0;
    const auto finish_next = [&] { batches_[finished++ % kBatches]->finish(tolerances, tally); };
    for (std::uint64_t first = begin / draws_ * draws_; first < end; first += draws_) {
      if (started - finished == kBatches) finish_next();
      batches_[started++ % kBatches]->start(first, begin, end, tally.before_start());
    }
    while (finished < started) finish_next();
    return tally.take(end - begin);
  }

  template <class Cell>
  void prepare(const Cell& cell, std::uint64_t cell_id) {
    if (cell_id != cell_id_) {
      // What took the memory may be gone.
      if (shrunk_ || !move_batches_to(cell)) {
        discard_batches();
        draws_ = 0;
        shrunk_ = false;
      }
      cell_id_ = cell_id;
    }
    if (batches_.back()) return;
    if (draws_ == 0) draws_ = Batch::size(cell, queues_.front().free_bytes(), kBatches);
    for (std::size_t i = 0; i < kBatches; ++i) batches_[i].emplace(queues_[i], cell, draws_);
  }

  /// Whether the batches there are serve the cell as well.
  template <class Cell>
  bool move_batches_to(const Cell& cell) {
    if constexpr (requires(Batch & batch) { batch.move_to(cell); }) {
      return std::ranges::all_of(batches_, [&](auto& batch) { return batch && batch->move_to(cell); });
    }
    return false;
  }

  void discard_batches() {
    for (std::optional<Batch>& batch : batches_) batch.reset();
  }

  std::array<Backend, kBatches> queues_;
  std::array<std::optional<Batch>, kBatches> batches_;
  std::uint64_t cell_id_ = 0;
  std::uint32_t draws_ = 0;
  bool shrunk_ = false;  // draws_ are fewer than Batch::size said
};

}  // namespace gnc
