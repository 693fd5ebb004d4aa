#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/cuda/device_error.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/gemm/batch_size.hpp"
#include "kernels/gemm/draw_layer.hpp"
#include "kernels/gemm/draw_losses.hpp"
#include "kernels/gemm/layer_blocks.hpp"

namespace gnc {

/// A batch of draws on its way through one queue of a backend: weights drawn layer by layer, the chain
/// multiplied by batched products, all measurements projected on by one product, losses, accepted rows.
///
/// `Backend` is a queue of work on a device, in order, that need not be finished when a call returns
/// (kernels/cuda/cuda_backend.hpp), or its like on the host (tests). It provides
/// - `Buffer<T>(count)`: memory of the device with get(); `Result<T>`: one value that the queue writes and
///   the host reads through get() after wait();
/// - upload(from, count, buffer), download(from, count, to): copies; the host's end must stay until wait();
/// - for_each(count, body, doing): body(i) for every i below count, in any order;
/// - multiply_batch, project: fp32 matrix products, described at CudaBackend;
/// - select(count, predicate, rows, n): the i below count with predicate(i), ascending, and their number;
/// - sum(count, term, total): sum of the LossSums term(i);
/// - wait(): until everything queued is done; drain(): the same, whatever comes of it; free_bytes(): memory
/// that may be had.
template <class Backend>
class GemmBatch {
 public:
  /// Allocates everything the draws of `cell` need. Throws DeviceError.
  GemmBatch(Backend& queue, const CellView& cell, std::uint32_t draws)
      : queue_(queue),
        cell_(cell),
        draws_(draws),
        shape_(cell),
        measurements_(static_cast<std::size_t>(cell.n_filter + cell.n_test) * entries()),
        filter_targets_(static_cast<std::size_t>(cell.n_filter)),
        b_test_(static_cast<std::size_t>(cell.n_test)),
        first_layer_(draws * shape_.first_layer),
        layer_(draws * shape_.layer),
        hidden_(draws * shape_.hidden),
        product_(draws * shape_.product),
        projections_(draws * shape_.projections),
        train_losses_(draws),
        gen_losses_(draws),
        accepted_rows_(draws),
        kept_rows_(draws),
        accepted_(draws) {
    const std::size_t p = entries();
    std::vector<float> rows(measurements_.size());
    std::copy_n(cell.filter_rows, static_cast<std::size_t>(cell.n_filter) * p, rows.begin());
    std::copy_n(cell.A_test, static_cast<std::size_t>(cell.n_test) * p,
                rows.begin() + static_cast<std::ptrdiff_t>(cell.n_filter) * cell.n_entries());
    queue_.upload(rows.data(), rows.size(), measurements_);
    queue_.upload(cell.filter_targets, filter_targets_.size(), filter_targets_);
    queue_.upload(cell.b_test, b_test_.size(), b_test_);
    queue_.wait();
    cell_.filter_rows = cell_.A_test = nullptr;  // the device has them in one matrix
    cell_.filter_targets = filter_targets_.get();
    cell_.b_test = b_test_.get();
  }

  GemmBatch(const GemmBatch&) = delete;
  GemmBatch& operator=(const GemmBatch&) = delete;
  /// What is still queued works on this memory.
  ~GemmBatch() { queue_.drain(); }

  /// Queues draws first .. first + draws - 1, of which those in begin .. end - 1 are asked for.
  void start(std::uint64_t first, std::uint64_t begin, std::uint64_t end, double tolerance) {
    asked_ = {first, begin, end};
    with_activation(cell_.activation, [&]<Activation kActivation>() {
      with_prior(cell_.prior, [&]<Prior kPrior>() { start_products<kActivation, kPrior>(); });
    });
    queue_.project(measurements_.get(), measurements_.size() / entries(), entries(), products_.entries,
                   products_.stride, projections_.get(), draws_);
    queue_.for_each(
        draws_,
        DrawLosses{cell_, products_, projections_.get(), draws_, train_losses_.get(), gen_losses_.get()},
        "computing losses");
    queue_.select(draws_, IsAccepted{asked_, train_losses_.get(), tolerance}, accepted_rows_.get(),
                  n_accepted_);
    queue_.sum(draws_, PriorTerm{asked_, gen_losses_.get()}, prior_);
  }

  /// Waits for the batch and adds it to the tally.
  void finish(std::span<const double> tolerances, TallyBuilder& tally) {
    queue_.wait();
    tally.add_prior(prior_.get());
    const std::uint32_t n = n_accepted_.get();
    if (n == 0) return;
    queue_.for_each(
        n, GatherAccepted{accepted_rows_.get(), train_losses_.get(), gen_losses_.get(), accepted_.get()},
        "gathering accepted draws");
    while (sums_.size() < tolerances.size()) sums_.emplace_back();
    for (std::size_t t = 0; t < tolerances.size(); ++t) {
      queue_.sum(n, AcceptedTerm{accepted_.get(), tolerances[t]}, sums_[t]);
    }
    std::vector<AcceptedRow> accepted;
    if (tally.keeps_any()) {
      accepted.resize(n);
      queue_.download(accepted_.get(), n, accepted.data());
    }
    queue_.wait();
    for (std::size_t t = 0; t < tolerances.size(); ++t) tally.add_accepted(t, sums_[t].get());
    store(accepted, tally);
  }

 private:
  template <class T>
  using Buffer = typename Backend::template Buffer<T>;
  template <class T>
  using Result = typename Backend::template Result<T>;

  std::size_t entries() const { return static_cast<std::size_t>(cell_.n_entries()); }

  template <Activation kActivation, Prior kPrior, bool kActivated>
  void draw_layer(int layer, const Buffer<float>& to) {
    const LayerBlocks blocks(cell_, layer);
    const DrawLayer<kPrior, kActivation, kActivated> body{
        cell_.key,          asked_.first_draw,    blocks.first, blocks.blocks,
        cell_.hidden_scale, cell_.negative_slope, to.get()};
    queue_.for_each(draws_ * blocks.blocks, body, "drawing weights");
  }

  /// The end-to-end products (DESIGN.md, "end-to-end matrix Y") into products_.
  template <Activation kActivation, Prior kPrior>
  void start_products() {
    const auto m = static_cast<std::size_t>(cell_.n_rows);
    const auto k = static_cast<std::size_t>(cell_.width);
    products_ = {first_layer_.get(), shape_.first_layer};
    if (cell_.depth == 1) return draw_layer<Activation::Linear, kPrior, false>(1, first_layer_);
    draw_layer<kActivation, kPrior, true>(1, first_layer_);
    for (int layer = 2; layer <= cell_.depth; ++layer) {
      draw_layer<Activation::Linear, kPrior, false>(layer, layer_);
      const LayerBlocks blocks(cell_, layer);
      const bool last = layer == cell_.depth;
      const std::size_t cols = last ? static_cast<std::size_t>(cell_.n_cols) : k;
      float* to = last ? product_.get() : layer % 2 == 0 ? hidden_.get() : first_layer_.get();
      queue_.multiply_batch(m, k, cols, products_.entries, products_.stride, layer_.get() + blocks.shift,
                            std::size_t{4} * blocks.blocks, to, m * cols, draws_);
      products_ = {to, m * cols};
      if (!last && (kActivation != Activation::Linear || cell_.hidden_scale != 1.0f)) {
        queue_.for_each(static_cast<std::uint32_t>(draws_ * m * k),
                        ActivateLayer<kActivation>{cell_.hidden_scale, cell_.negative_slope, to},
                        "activating");
      }
    }
  }

  /// Fetches the accepted draws that are kept.
  void store(const std::vector<AcceptedRow>& accepted, TallyBuilder& tally) {
    std::vector<std::uint32_t> rows;
    std::vector<AcceptedRow> kept;
    for (const AcceptedRow& draw : accepted) {
      if (!tally.keeps(draw.train_loss)) continue;
      rows.push_back(draw.row);
      kept.push_back(draw);
    }
    if (kept.empty()) return;
    const std::size_t p = entries();
    // The projections have done their work, and hold as many floats as fit into them.
    const std::size_t at_once = std::max<std::size_t>(projections_.size() / p, 1);
    std::vector<float> Y(kept.size() * p);
    queue_.upload(rows.data(), rows.size(), kept_rows_);
    for (std::size_t from = 0; from < kept.size(); from += at_once) {
      const std::size_t count = std::min(at_once, kept.size() - from);
      queue_.for_each(static_cast<std::uint32_t>(count),
                      GatherY{cell_, products_, kept_rows_.get() + from, projections_.get()},
                      "gathering kept draws");
      queue_.download(projections_.get(), count * p, Y.data() + from * p);
    }
    queue_.wait();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const auto first = Y.begin() + static_cast<std::ptrdiff_t>(i * p);
      tally.store({asked_.first_draw + kept[i].row, kept[i].train_loss, kept[i].gen_loss,
                   std::vector<float>(first, first + static_cast<std::ptrdiff_t>(p))});
    }
  }

  Backend& queue_;
  CellView cell_;
  std::uint32_t draws_;
  BatchShape shape_;
  Buffer<float> measurements_;
  Buffer<float> filter_targets_;
  Buffer<float> b_test_;
  Buffer<float> first_layer_;
  Buffer<float> layer_;
  Buffer<float> hidden_;
  Buffer<float> product_;
  Buffer<float> projections_;
  Buffer<float> train_losses_;
  Buffer<float> gen_losses_;
  Buffer<std::uint32_t> accepted_rows_;
  Buffer<std::uint32_t> kept_rows_;
  Buffer<AcceptedRow> accepted_;
  Result<std::uint32_t> n_accepted_;
  Result<LossSums> prior_;
  std::vector<Result<LossSums>> sums_;
  ProductBatch products_{};
  AskedRows asked_{};
};

/// Draws of one cell after another by batched matrix products: engine "cuda-gemm" on a CUDA backend.
///
/// Batches lie on a fixed grid of draw indices and every call of a batch has the same shape, also where only
/// part of it is asked for: a library that gives the same bits for the same call then gives a draw the same
/// losses whatever the range. Each batch has its own queue: while one is collected, the others keep the
/// device busy.
template <class Backend>
class GemmDraws {
 public:
  /// Draws begin .. end - 1, see run_draws. `cell_id` tells one cell from another. Memory that runs out
  /// shrinks the batch; throws DeviceError where a single draw does not fit or the device fails.
  DrawTally run(const CellView& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                std::uint64_t begin, std::uint64_t end, std::size_t max_stored) {
    for (;;) {
      try {
        return try_run(cell, cell_id, tolerances, begin, end, max_stored);
      } catch (const DeviceError& error) {
        discard_batches();
        if (error.kind() != DeviceError::Kind::OutOfMemory || draws_ <= 1) throw;
        draws_ /= 2;
      }
    }
  }

  /// Draws of a batch of the last cell.
  std::uint32_t batch_draws() const { return draws_; }

 private:
  static constexpr int kBatches = 3;

  DrawTally try_run(const CellView& cell, std::uint64_t cell_id, std::span<const double> tolerances,
                    std::uint64_t begin, std::uint64_t end, std::size_t max_stored) {
    prepare(cell, cell_id);
    TallyBuilder tally(tolerances, static_cast<std::size_t>(cell.n_entries()), max_stored);
    std::uint64_t started = 0;
    std::uint64_t finished = 0;
    const auto finish_next = [&] { batches_[finished++ % kBatches]->finish(tolerances, tally); };
    for (std::uint64_t first = begin / draws_ * draws_; first < end; first += draws_) {
      if (started - finished == kBatches) finish_next();
      batches_[started++ % kBatches]->start(first, begin, end, tolerances.front());
    }
    while (finished < started) finish_next();
    return tally.take(end - begin);
  }

  void prepare(const CellView& cell, std::uint64_t cell_id) {
    if (cell_id != cell_id_) {
      discard_batches();
      draws_ = 0;
      cell_id_ = cell_id;
    }
    if (batches_.back()) return;
    if (draws_ == 0) draws_ = batch_size(cell, queues_.front().free_bytes(), kBatches);
    for (std::size_t i = 0; i < kBatches; ++i) batches_[i].emplace(queues_[i], cell, draws_);
  }

  void discard_batches() {
    for (std::optional<GemmBatch<Backend>>& batch : batches_) batch.reset();
  }

  std::array<Backend, kBatches> queues_;
  std::array<std::optional<GemmBatch<Backend>>, kBatches> batches_;
  std::uint64_t cell_id_ = 0;
  std::uint32_t draws_ = 0;
};

}  // namespace gnc
