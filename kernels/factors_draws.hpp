#if defined(GNC_KERNELS_FACTORS_DRAWS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_FACTORS_DRAWS_HPP
#undef GNC_KERNELS_FACTORS_DRAWS_HPP
#else
#define GNC_KERNELS_FACTORS_DRAWS_HPP
#endif

#include "kernels/end_to_end.hpp"

GNC_LANES_BEGIN

/// Draw law `factors`: every weight is drawn.
template <class L, Activation kActivation, Prior kPrior>
class FactorsDraws {
 public:
  GNC_FN FactorsDraws(const CellView& cell, const DrawScratch& scratch)
      : cell_(cell), scratch_(scratch), weights_(weight_window<L, kPrior>(cell, scratch)) {}

  /// The end-to-end products of draws first .. first + L::size - 1, as `end_to_end` gives them.
  GNC_FN void end_to_end_of(std::uint64_t first) {
    weights_.move_to(first);
    end_to_end<L, kActivation>(cell_, weights_, scratch_);
  }

 private:
  const CellView& cell_;
  const DrawScratch& scratch_;
  WeightWindow<L, kPrior> weights_;
};

GNC_LANES_END

#endif
