#include "kernels/weight_tally.hpp"

#include <algorithm>
#include <utility>

namespace gnc {
namespace {

bool larger(const WeightedDraw& a, const WeightedDraw& b) {
  if (a.weight != b.weight) return b.weight.below(a.weight);
  return a.index < b.index;
}

}  // namespace

void keep_largest(std::vector<WeightedDraw>& draws) {
  if (draws.size() > kLargestWeights) {
    std::nth_element(draws.begin(), draws.begin() + kLargestWeights, draws.end(), larger);
    draws.resize(kLargestWeights);
  }
  std::sort(draws.begin(), draws.end(), larger);
}

void WeightTally::add(const WeightTally& other) {
  nonzero += other.nonzero;
  for (std::size_t s = 0; s < sums.size(); ++s) sums[s].add(other.sums[s]);
  largest.insert(largest.end(), other.largest.begin(), other.largest.end());
  keep_largest(largest);
  posterior.insert(posterior.end(), other.posterior.begin(), other.posterior.end());
}

void WeightTallyBuilder::add(std::uint64_t index, const ScaledReal& weight, double mean_loss,
                             double drawn_loss) {
  if (weight.fraction == 0.0) return;
  ++tally_.nonzero;
  add_terms(weight, mean_loss);
  keep(index, weight, drawn_loss);
}

void WeightTallyBuilder::add_terms(const ScaledReal& weight, double mean_loss) {
  ScaledReal terms[WeightTally::kSums];
  weight_terms(weight, mean_loss, terms);
  for (std::size_t s = 0; s < tally_.sums.size(); ++s) tally_.sums[s].add(terms[s]);
}

void WeightTallyBuilder::keep(std::uint64_t index, const ScaledReal& weight, double drawn_loss) {
  if (wants_posterior()) tally_.posterior.push_back({index, weight, drawn_loss});
  if (!may_be_largest(weight)) return;
  tally_.largest.push_back({index, weight, drawn_loss});
  if (tally_.largest.size() >= 2 * kLargestWeights) least_kept();
}

ScaledReal WeightTallyBuilder::least_kept() {
  if (tally_.largest.size() < kLargestWeights) return {};
  keep_largest(tally_.largest);
  return least_ = tally_.largest.back().weight;
}

WeightTally WeightTallyBuilder::take() {
  keep_largest(tally_.largest);
  return std::move(tally_);
}

}  // namespace gnc
