#include "kernels/draw_tally.hpp"

#include <algorithm>

namespace gnc {

bool TallyBuilder::keeps(float train_loss) {
  bool keep = false;
  for (std::size_t t = 0; t < tolerances_.size() && static_cast<double>(train_loss) < tolerances_[t]; ++t) {
    keep = keep || met_[t] < max_stored_;
    ++met_[t];
  }
  return keep;
}

bool TallyBuilder::keeps_any() const {
  return std::ranges::any_of(met_, [&](std::uint64_t met) { return met < max_stored_; });
}

void TallyBuilder::add_candidate(std::uint64_t index, float train_loss, float gen_loss,
                                 LaneOfProducts product) {
  for (std::size_t t = 0; t < tolerances_.size() && static_cast<double>(train_loss) < tolerances_[t]; ++t) {
    tally_.accepted[t].add(gen_loss);
  }
  if (!keeps(train_loss)) return;
  AcceptedDraw draw;
  draw.index = index;
  draw.train_loss = train_loss;
  draw.gen_loss = gen_loss;
  draw.Y.resize(n_entries_);
  for (std::size_t e = 0; e < n_entries_; ++e) {
    draw.Y[e] = product.factor * product.entries[e * static_cast<std::size_t>(product.stride)];
  }
  store(std::move(draw));
}

}  // namespace gnc
