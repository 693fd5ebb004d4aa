#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernels/fixed_point.hpp"
#include "kernels/store_limits.hpp"
#include "kernels/weight_tally.hpp"

namespace gnc {

/// One accepted draw.
struct AcceptedDraw {
  std::uint64_t index = 0;
  float train_loss = 0.0f;
  float gen_loss = 0.0f;
  std::vector<float> Y;  ///< end-to-end matrix, row-major

  bool operator==(const AcceptedDraw&) const = default;
};

/// What a range of draws of one cell amounts to.
struct DrawTally {
  std::uint64_t drawn = 0;
  std::vector<LossSums> accepted;  ///< generalization losses of the accepted draws, one per tolerance
  LossSums prior;  ///< generalization losses of the share of all draws that `in_prior_share` names
  std::vector<AcceptedDraw>
      stored;  ///< by index; those among the first that were to be kept at some tolerance
  std::vector<WeightTally>
      weighted;  ///< one per tolerance where draws have weights (`conditional`), else empty
};

/// The share of the draws whose generalization loss enters the prior mean: every 16th block of 64 draws.
constexpr int kPriorBlock = 64;
constexpr int kPriorEvery = 16;
GNC_FN constexpr bool in_prior_share(std::uint64_t index) { return index / kPriorBlock % kPriorEvery == 0; }

/// One lane of end-to-end products in [entry][lane] layout, to be multiplied by `factor`.
struct LaneOfProducts {
  const float* entries;
  int stride;
  float factor;
};

/// Builds the tally of a range of draws that arrive by index, one by one or summed already.
class TallyBuilder {
 public:
  /// `tolerances`: largest first. The first `max_stored` accepted draws of each are kept.
  TallyBuilder(std::span<const double> tolerances, std::size_t n_entries, const StoreLimits& max_stored)
      : tolerances_(tolerances), n_entries_(n_entries) {
    tally_.accepted.resize(tolerances.size());
    for (std::size_t t = 0; t < tolerances.size(); ++t) wanted_.push_back(max_stored.at(t));
  }

  /// What a batch must know before it starts: the largest tolerance.
  double before_start() const { return tolerances_.front(); }

  void add_prior(float gen_loss) { tally_.prior.add(gen_loss); }
  void add_prior(const LossSums& sums) { tally_.prior.add(sums); }

  /// A draw that may be accepted: counted at every tolerance above its train loss.
  void add_candidate(std::uint64_t index, float train_loss, float gen_loss, LaneOfProducts product);

  /// Sums of accepted draws at tolerance `t`; the draws themselves are met by `keeps`.
  void add_accepted(std::size_t t, const LossSums& sums) { tally_.accepted[t].add(sums); }
  /// Meets the next accepted draw: whether it is one of the first that are wanted at some tolerance.
  bool keeps(float train_loss);
  /// The largest tolerance at which draws are still wanted, 0 where there is none: `keeps` answers yes to
  /// smaller train losses alone, and need not meet others.
  double keeps_below() const;
  void store(AcceptedDraw draw) { tally_.stored.push_back(std::move(draw)); }

  DrawTally take(std::uint64_t drawn) {
    tally_.drawn = drawn;
    return std::move(tally_);
  }

 private:
  std::span<const double> tolerances_;
  std::size_t n_entries_;
  std::vector<std::uint64_t> wanted_;  // further draws to be kept, one count per tolerance
  DrawTally tally_;
};

}  // namespace gnc
