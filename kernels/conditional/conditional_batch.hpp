#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/activation.hpp"
#include "kernels/batched/batched_draws.hpp"
#include "kernels/conditional/conditional_draw.hpp"
#include "kernels/conditional_tally.hpp"

namespace gnc {

/// A batch of draws of estimator `conditional`, one thread each; see BatchedDraws. Sums are made on the
/// device, exactly. The host meets the draws that may be among the largest weights, those that come first,
/// and those whose weights are beyond the table.
template <class Backend>
class ConditionalBatch {
  template <class T>
  using Buffer = typename Backend::template Buffer<T>;

 public:
  static constexpr std::uint32_t least_draws = plain::kInterleaved;

  /// Draws of a batch: a power of two, at most 2^17, whose memory is within 512 MiB and, for all `batches`,
  /// within four fifths of `free_bytes`.
  static std::uint32_t size(const ConditionalCell& cell, std::size_t free_bytes, int batches) {
    constexpr std::size_t kBytes = std::size_t{512} << 20;
    constexpr std::size_t kMost = std::size_t{1} << 17;
    static_assert(kMost <= WeightTable::most_rows);
    // Room for the lists of a few tolerances; more of them shrink the batch where memory is scarce.
    constexpr std::size_t kListed = 4 * sizeof(ListedDraw);
    const std::size_t bytes =
        memory_floats(cell) * sizeof(float) / plain::kInterleaved + sizeof(float) + kListed;
    const std::size_t share = free_bytes / 5 * 4 / static_cast<std::size_t>(batches);
    const std::size_t draws = std::min(kBytes, share) / bytes;
    return static_cast<std::uint32_t>(std::bit_floor(std::clamp<std::size_t>(draws, least_draws, kMost)));
  }

  ConditionalBatch(Backend& queue, const ConditionalCell& cell, std::uint32_t draws)
      : queue_(queue),
        on_device_(cell),
        draws_(draws),
        rows_(count(cell.measurements.n_train_rows, cell.n_entries())),
        targets_(count(cell.measurements.n_train_rows)),
        A_test_(count(cell.measurements.n_test, cell.n_entries())),
        b_test_(count(cell.measurements.n_test)),
        test_gram_(count(cell.cell.n_rows, cell.cell.n_rows)),
        memory_(draws / plain::kInterleaved * memory_floats(cell)),
        prior_losses_(draws) {
    upload(cell);
  }
  ConditionalBatch(const ConditionalBatch&) = delete;
  ConditionalBatch& operator=(const ConditionalBatch&) = delete;
  ~ConditionalBatch() { queue_.drain(); }

  /// Goes on with another cell, if it has the sizes of this one; false leaves the batch as it was.
  bool move_to(const ConditionalCell& cell) {
    const ConditionalView& view = cell.measurements;
    const ConditionalView& now = on_device_.measurements;
    const bool fits = view.n_train_rows == now.n_train_rows && view.n_test == now.n_test &&
                      cell.n_entries() == on_device_.n_entries() &&
                      cell.cell.n_rows == on_device_.cell.n_rows &&
                      memory_floats(cell) == memory_floats(on_device_);
    if (fits) upload(cell);
    return fits;
  }

  /// Queues draws first .. first + draws - 1, of which begin .. end - 1 count, for the tally as it is now.
  void start(std::uint64_t first, std::uint64_t begin, std::uint64_t end, ConditionalTally& tally) {
    asked_ = {first, begin, end};
    take_aims(tally);
    queue_.upload(aims_.data(), aims_.size(), lists_->aims);
    queue_.clear(n_listed_);
    const WeightTable table{lists_->totals.get(), static_cast<int>(aims_.size())};
    with_activation(on_device_.cell.activation, [&]<Activation kActivation>() {
      const ConditionalDraw<kActivation> body{
          on_device_,          asked_, memory_.get(),        memory_floats(on_device_), lists_->aims.get(),
          prior_losses_.get(), table,  lists_->listed.get(), n_listed_.target()};
      queue_.for_each(draws_, body, "weighing draws");
    });
    queue_.for_each(n_cells(), GatherWeightTable{table, lists_->sums.get()}, "adding up weights");
    queue_.fetch(n_listed_);
    queue_.sum(draws_, ConditionalPriorTerm{asked_, prior_losses_.get()}, prior_);
  }

  /// Waits for them and adds them to the tally.
  void finish(std::span<const double> /*tolerances*/, ConditionalTally& tally) {
    std::vector<WideSum> sums(n_cells());
    queue_.download(lists_->sums.get(), sums.size(), sums.data());
    queue_.wait();
    tally.add_prior(prior_.get());
    for (std::size_t t = 0; t < aims_.size(); ++t) {
      add_sums(sums.data() + t * (1 + static_cast<std::size_t>(WeightTable::cells)), tally.weights(t));
    }
    std::vector<ListedDraw> listed(n_listed_.get());
    if (listed.empty()) return;
    queue_.download(lists_->listed.get(), listed.size(), listed.data());
    queue_.wait();
    std::ranges::sort(listed, {}, &ListedDraw::row);
    for (const ListedDraw& draw : listed) {
      WeightTallyBuilder& weights = tally.weights(draw.tolerance);
      if (draw.is_summed == 0) weights.add_terms(draw.weight, draw.mean_loss);
      weights.keep(asked_.first_draw + draw.row, draw.weight, draw.drawn_loss);
    }
  }

 private:
  /// What grows with the tolerances.
  struct Lists {
    Lists(std::size_t tolerances, std::uint32_t draws)
        : aims(tolerances),
          totals(WeightTable::size(tolerances)),
          sums(tolerances * (1 + static_cast<std::size_t>(WeightTable::cells))),
          listed(tolerances * draws) {}

    Buffer<WeightAim> aims;
    Buffer<std::uint64_t> totals;
    Buffer<WideSum> sums;
    Buffer<ListedDraw> listed;
  };

  /// Waits until the cell is there.
  void upload(const ConditionalCell& cell) {
    const ConditionalView& view = cell.measurements;
    queue_.upload(view.rows, rows_.size(), rows_);
    queue_.upload(view.targets, targets_.size(), targets_);
    queue_.upload(view.A_test, A_test_.size(), A_test_);
    queue_.upload(view.b_test, b_test_.size(), b_test_);
    queue_.upload(view.test_gram, test_gram_.size(), test_gram_);
    queue_.wait();
    on_device_ = cell;
    on_device_.measurements.rows = rows_.get();
    on_device_.measurements.targets = targets_.get();
    on_device_.measurements.A_test = A_test_.get();
    on_device_.measurements.b_test = b_test_.get();
    on_device_.measurements.test_gram = test_gram_.get();
    // Of the host, and not read here.
    on_device_.cell.filter_rows = on_device_.cell.filter_targets = nullptr;
    on_device_.cell.A_test = on_device_.cell.b_test = nullptr;
  }

  static std::size_t count(int rows, int cols = 1) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  }
  static std::size_t memory_floats(const ConditionalCell& cell) {
    return ConditionalDraw<Activation::Linear>::Draws::floats(cell.cell, cell.measurements);
  }
  std::uint32_t n_cells() const {
    return static_cast<std::uint32_t>(aims_.size()) * static_cast<std::uint32_t>(1 + WeightTable::cells);
  }

  void take_aims(ConditionalTally& tally) {
    const std::size_t n = tally.tolerances().size();
    if (!lists_ || lists_->aims.size() != n) {
      queue_.drain();
      lists_.reset();
      lists_.emplace(n, draws_);
      queue_.for_each(static_cast<std::uint32_t>(lists_->totals.size()),
                      ClearWeightTable{lists_->totals.get()}, "clearing sums of weights");
    }
    aims_.clear();
    for (std::size_t t = 0; t < n; ++t) {
      const ScaledReal least = tally.weights(t).least_kept();
      aims_.push_back({on_device_.measurements.squared_radius(tally.tolerances()[t]), least,
                       least.fraction == 0.0 || tally.weights(t).wants_posterior()});
    }
  }

  static void add_sums(const WideSum* sums, WeightTallyBuilder& weights) {
    weights.add_nonzero(sums[0].low);
    for (int s = 0; s < WeightTally::kSums; ++s) {
      for (int band = 0; band < WeightTable::bands; ++band) {
        const WideSum& sum = sums[1 + s * WeightTable::bands + band];
        if (sum == WideSum{}) continue;
        weights.add_sum(static_cast<WeightTally::Sum>(s), WeightTable::first_band + band, sum);
      }
    }
  }

  Backend& queue_;
  ConditionalCell on_device_;  // its matrices on the device
  std::uint32_t draws_;
  Buffer<double> rows_;
  Buffer<double> targets_;
  Buffer<double> A_test_;
  Buffer<double> b_test_;
  Buffer<double> test_gram_;
  Buffer<float> memory_;
  Buffer<float> prior_losses_;
  std::optional<Lists> lists_;
  std::vector<WeightAim> aims_;
  typename Backend::template Result<std::uint32_t> n_listed_;
  typename Backend::template Result<LossSums> prior_;
  AskedRows asked_{};
};

/// Estimator `conditional` on a CUDA backend.
template <class Backend>
using BatchedConditionalDraws = BatchedDraws<Backend, ConditionalBatch<Backend>, ConditionalTally>;

}  // namespace gnc
