#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/batched/accepted_row.hpp"
#include "kernels/draw_tally.hpp"

namespace gnc {

/// The accepted draws of a batch, on the backend's memory, and their way into a tally.
template <class Backend>
class AcceptedDraws {
 public:
  /// Room for `draws` of them.
  AcceptedDraws(Backend& queue, std::uint32_t draws) : queue_(queue), rows_(draws), kept_(draws) {}

  AcceptedRow* get() const { return rows_.get(); }

  /// Adds the first `n` rows, whatever their order, to the tally: the sums at every tolerance, and the draws
  /// that are kept. `make_Y(rows, count)` queues the end-to-end matrices of `count` rows, at most `at_once`,
  /// p floats each, and returns where they will be.
  template <class MakeY>
  void collect(std::uint32_t n, std::uint64_t first_draw, std::span<const double> tolerances, std::size_t p,
               std::uint32_t at_once, const MakeY& make_Y, TallyBuilder& tally) {
    while (sums_.size() < tolerances.size()) sums_.emplace_back();
    for (std::size_t t = 0; t < tolerances.size(); ++t) {
      queue_.sum(n, AcceptedTerm{rows_.get(), tolerances[t]}, sums_[t]);
    }
    std::vector<AcceptedRow> accepted;
    const double below = tally.keeps_below();
    if (below > 0.0) {
      accepted.resize(n);
      queue_.download(rows_.get(), n, accepted.data());
    }
    queue_.wait();
    for (std::size_t t = 0; t < tolerances.size(); ++t) tally.add_accepted(t, sums_[t].get());
    std::erase_if(accepted,
                  [&](const AcceptedRow& draw) { return static_cast<double>(draw.train_loss) >= below; });
    std::ranges::sort(accepted, {}, &AcceptedRow::row);
    std::erase_if(accepted, [&](const AcceptedRow& draw) { return !tally.keeps(draw.train_loss); });
    store(accepted, first_draw, p, at_once, make_Y, tally);
  }

 private:
  template <class MakeY>
  void store(const std::vector<AcceptedRow>& kept, std::uint64_t first_draw, std::size_t p,
             std::uint32_t at_once, const MakeY& make_Y, TallyBuilder& tally) {
    if (kept.empty()) return;
    std::vector<std::uint32_t> rows;
    for (const AcceptedRow& draw : kept) rows.push_back(draw.row);
    std::vector<float> Y(kept.size() * p);
    queue_.upload(rows.data(), rows.size(), kept_);
    for (std::size_t from = 0; from < kept.size(); from += at_once) {
      const std::size_t count = std::min<std::size_t>(at_once, kept.size() - from);
      const float* made = make_Y(kept_.get() + from, static_cast<std::uint32_t>(count));
      queue_.download(made, count * p, Y.data() + from * p);
    }
    queue_.wait();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const auto first = Y.begin() + static_cast<std::ptrdiff_t>(i * p);
      tally.store({first_draw + kept[i].row, kept[i].train_loss, kept[i].gen_loss,
                   std::vector<float>(first, first + static_cast<std::ptrdiff_t>(p))});
    }
  }

  Backend& queue_;
  typename Backend::template Buffer<AcceptedRow> rows_;
  typename Backend::template Buffer<std::uint32_t> kept_;
  std::vector<typename Backend::template Result<LossSums>> sums_;
};

}  // namespace gnc
