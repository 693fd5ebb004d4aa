#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernels/fixed_point.hpp"
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
      stored;  ///< by index; those among the first `max_stored` accepted at some tolerance
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
  /// `tolerances`: largest first. `max_stored` accepted draws are kept per tolerance.
  TallyBuilder(std::span<const double> tolerances, std::size_t n_entries, std::size_t max_stored)
      : tolerances_(tolerances), n_entries_(n_entries), max_stored_(max_stored), met_(tolerances.size()) {
    tally_.accepted.resize(tolerances.size());
  }

  /// What a batch must know before it starts: the largest tolerance.
  double before_start() const { return tolerances_.front(); }

  void add_prior(float gen_loss) { tally_.prior.add(gen_loss); }
  void add_prior(const LossSums& sums) { tally_.prior.add(sums); }

  /// A draw that may be accepted: counted at every tolerance above its train loss.
  void add_candidate(std::uint64_t index, float train_loss, float gen_loss, LaneOfProducts product);

  /// Sums of accepted draws at tolerance `t`; the draws themselves are met by `keeps`.
  void add_accepted(std::size_t t, const LossSums& sums) { tally_.accepted[t].add(sums); }
  /// Meets the next accepted draw: whether it is one of the first `max_stored` at some tolerance.
  bool keeps(float train_loss);
  /// Whether `keeps` may still answer yes.
  bool keeps_any() const;
  void store(AcceptedDraw draw) { tally_.stored.push_back(std::move(draw)); }

  DrawTally take(std::uint64_t drawn) {
    tally_.drawn = drawn;
    return std::move(tally_);
  }

 private:
  std::span<const double> tolerances_;
  std::size_t n_entries_;
  std::size_t max_stored_;
  std::vector<std::uint64_t> met_;  // accepted draws met so far, one count per tolerance
  DrawTally tally_;
};

}  // namespace gnc
