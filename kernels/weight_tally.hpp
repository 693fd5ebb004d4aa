#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/exact_sum.hpp"

namespace gnc {

/// A draw with a weight other than 0.
struct WeightedDraw {
  std::uint64_t index = 0;
  ScaledReal weight;
  double gen_loss = 0.0;  ///< of an end-to-end matrix drawn from the posterior given the draw

  bool operator==(const WeightedDraw&) const = default;
};

/// Weighted draws at one tolerance. w is a draw's weight, x the mean generalization loss given the draw and
/// its acceptance.
struct WeightTally {
  enum Sum { W, W2, WX, W2X, W2X2, kSums };

  std::uint64_t nonzero = 0;            ///< draws with w > 0
  std::array<ExactSum, kSums> sums;     ///< of w, w^2, w x, w^2 x, w^2 x^2
  std::vector<WeightedDraw> largest;    ///< the kLargestWeights largest weights, largest first
  std::vector<WeightedDraw> posterior;  ///< by index; the first of nonzero weight

  void add(const WeightTally& other);
  bool operator==(const WeightTally&) const = default;
};

/// The terms of WeightTally::sums of a draw.
GNC_FN void weight_terms(const ScaledReal& weight, double mean_loss,
                         ScaledReal (&terms)[WeightTally::kSums]) {
  const ScaledReal square = weight * weight;
  const ScaledReal x = ScaledReal::of(mean_loss);
  terms[WeightTally::W] = weight;
  terms[WeightTally::W2] = square;
  terms[WeightTally::WX] = weight * x;
  terms[WeightTally::W2X] = square * x;
  terms[WeightTally::W2X2] = square * (x * x);
}

/// Largest weights that are kept per cell and tolerance: the tail of the Pareto fit, and one to bound it.
constexpr std::size_t kLargestWeights = 1001;

/// The kLargestWeights largest of `draws`, largest first; of equal weights the smallest indices.
void keep_largest(std::vector<WeightedDraw>& draws);

/// Builds the tally of one tolerance from draws that arrive by index, one by one or summed already.
class WeightTallyBuilder {
 public:
  /// `max_stored` posterior draws are kept.
  explicit WeightTallyBuilder(std::size_t max_stored) : max_stored_(max_stored) {}

  /// Whether the next draw of nonzero weight is among the first that are kept.
  bool wants_posterior() const { return tally_.posterior.size() < max_stored_; }
  /// Whether the next draw, of this weight other than 0, needs a drawn gen_loss: it is kept, or may be among
  /// the largest.
  bool wants_loss(const ScaledReal& weight) const { return wants_posterior() || may_be_largest(weight); }
  /// `mean_loss`: x; `drawn_loss`: used where `wants_loss`.
  void add(std::uint64_t index, const ScaledReal& weight, double mean_loss, double drawn_loss);

  /// Sums of draws and their number, where the draws themselves are met by `keep`.
  void add_nonzero(std::uint64_t count) { tally_.nonzero += count; }
  void add_sum(WeightTally::Sum sum, std::int64_t band, const WideSum& units) {
    tally_.sums[sum].add(band, units);
  }
  /// The terms of one draw of nonzero weight, and nothing else of it.
  void add_terms(const ScaledReal& weight, double mean_loss);
  /// Meets a draw of nonzero weight: every one while `wants_posterior`, then those that are not below
  /// `least_kept`.
  void keep(std::uint64_t index, const ScaledReal& weight, double drawn_loss);
  /// The weight below which a draw is not among the largest; 0 where all are.
  ScaledReal least_kept();

  WeightTally take();

 private:
  bool may_be_largest(const ScaledReal& weight) const {
    return least_.fraction == 0.0 || !weight.below(least_);
  }

  std::size_t max_stored_;
  ScaledReal least_;  ///< of the largest, when they were last sorted out; 0 where all were
  WeightTally tally_;
};

}  // namespace gnc
