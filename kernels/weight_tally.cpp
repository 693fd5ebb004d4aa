#include "kernels/weight_tally.hpp"

#include <algorithm>
#include <utility>

namespace gnc {
namespace {

bool larger(const WeightedDraw& a, const WeightedDraw& b) {
  if (a.weight.exponent != b.weight.exponent) return a.weight.exponent > b.weight.exponent;
  if (a.weight.fraction != b.weight.fraction) return a.weight.fraction > b.weight.fraction;
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
  const ScaledReal square = weight * weight;
  const ScaledReal x = ScaledReal::of(mean_loss);
  tally_.sums[WeightTally::W].add(weight);
  tally_.sums[WeightTally::W2].add(square);
  tally_.sums[WeightTally::WX].add(weight * x);
  tally_.sums[WeightTally::W2X].add(square * x);
  tally_.sums[WeightTally::W2X2].add(square * (x * x));
  if (wants_posterior()) tally_.posterior.push_back({index, weight, drawn_loss});
  if (tally_.largest.size() >= 4 * kLargestWeights) keep_largest(tally_.largest);
  tally_.largest.push_back({index, weight, 0.0});
}

WeightTally WeightTallyBuilder::take() {
  keep_largest(tally_.largest);
  return std::move(tally_);
}

}  // namespace gnc
