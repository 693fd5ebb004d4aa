#include "kernels/draw_tally.hpp"

#include <algorithm>

namespace gnc {

bool TallyBuilder::keeps(float train_loss) {
  bool keep = false;
  for (std::size_t t = 0; t < tolerances_.size() && static_cast<double>(train_loss) < tolerances_[t]; ++t) {
    if (wanted_[t] == 0) continue;
    keep = true;
    --wanted_[t];
  }
  return keep;
}

double TallyBuilder::keeps_below() const {
  const auto wanted = std::ranges::find_if(wanted_, [](std::uint64_t draws) { return draws > 0; });
  return wanted == wanted_.end() ? 0.0 : tolerances_[static_cast<std::size_t>(wanted - wanted_.begin())];
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
