#include "kernels/draw_tally.hpp"

namespace gnc {

void TallyBuilder::add_candidate(std::uint64_t index, float train_loss, float gen_loss,
                                 LaneOfProducts product) {
  bool keep = false;
  for (std::size_t t = 0; t < tolerances_.size() && static_cast<double>(train_loss) < tolerances_[t]; ++t) {
    keep = keep || tally_.accepted[t].count < max_stored_;
    tally_.accepted[t].add(gen_loss);
  }
  if (!keep) return;
  AcceptedDraw& draw = tally_.stored.emplace_back();
  draw.index = index;
  draw.train_loss = train_loss;
  draw.gen_loss = gen_loss;
  draw.Y.resize(n_entries_);
  for (std::size_t e = 0; e < n_entries_; ++e) {
    draw.Y[e] = product.factor * product.entries[e * static_cast<std::size_t>(product.stride)];
  }
}

}  // namespace gnc
