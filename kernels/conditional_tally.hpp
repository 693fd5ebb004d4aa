#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/draw_tally.hpp"
#include "kernels/weight_tally.hpp"

namespace gnc {

/// Builds the tally of a range of weighed draws: the weights at every tolerance, and the prior.
class ConditionalTally {
 public:
  /// `max_stored` posterior draws are kept. End-to-end matrices are not.
  ConditionalTally(std::span<const double> tolerances, std::size_t /*n_entries*/,
                   const StoreLimits& max_stored)
      : tolerances_(tolerances) {
    for (std::size_t t = 0; t < tolerances.size(); ++t) weights_.emplace_back(max_stored.at(t));
  }

  std::span<const double> tolerances() const { return tolerances_; }
  /// The weights at tolerance `t`.
  WeightTallyBuilder& weights(std::size_t t) { return weights_[t]; }

  /// A draw's mean generalization loss without conditions, or the sums of many.
  void add_prior(float mean_loss) { prior_.add(mean_loss); }
  void add_prior(const LossSums& sums) { prior_.add(sums); }

  /// What a batch must know before it starts.
  ConditionalTally& before_start() { return *this; }

  DrawTally take(std::uint64_t drawn) {
    DrawTally result;
    result.drawn = drawn;
    result.prior = prior_;
    for (WeightTallyBuilder& weights : weights_) {
      result.weighted.push_back(weights.take());
      result.accepted.emplace_back().count = result.weighted.back().nonzero;
    }
    return result;
  }

 private:
  std::span<const double> tolerances_;
  std::vector<WeightTallyBuilder> weights_;
  LossSums prior_;
};

}  // namespace gnc
