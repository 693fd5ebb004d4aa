#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/batched/accepted_draws.hpp"
#include "kernels/batched/batched_draws.hpp"
#include "kernels/draw_tally.hpp"
#include "kernels/gemm/batch_size.hpp"
#include "kernels/gemm/draw_layer.hpp"
#include "kernels/gemm/draw_losses.hpp"
#include "kernels/gemm/layer_blocks.hpp"

namespace gnc {

/// A batch of draws on its way through one queue of a backend: weights drawn layer by layer, the chain
/// multiplied by batched products, all measurements projected on by one product, losses, accepted rows.
///
/// `Backend`: see BatchedDraws; also multiply_batch and project, fp32 matrix products, described at
/// CudaBackend.
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
        accepted_(queue, draws) {
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
    const auto gather_Y = [&](const std::uint32_t* rows, std::uint32_t count) {
      // The projections have done their work, and have room for Y.
      queue_.for_each(count, GatherY{cell_, products_, rows, projections_.get()}, "gathering kept draws");
      return projections_.get();
    };
    accepted_.collect(n, asked_.first_draw, tolerances, entries(), draws_, gather_Y, tally);
  }

  static constexpr std::uint32_t least_draws = 1;
  /// Draws of a batch, see batch_size.
  static std::uint32_t size(const CellView& cell, std::size_t free_bytes, int batches) {
    return batch_size(cell, free_bytes, batches);
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

  /// The end-to-end products (README.md, "What is computed") into products_.
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
  AcceptedDraws<Backend> accepted_;
  Result<std::uint32_t> n_accepted_;
  Result<LossSums> prior_;
  ProductBatch products_{};
  AskedRows asked_{};
};

/// Engine "cuda-gemm" on a CUDA backend.
template <class Backend>
using GemmDraws = BatchedDraws<Backend, GemmBatch<Backend>>;

}  // namespace gnc
