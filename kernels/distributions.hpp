#if defined(GNC_KERNELS_DISTRIBUTIONS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_DISTRIBUTIONS_HPP
#undef GNC_KERNELS_DISTRIBUTIONS_HPP
#else
#define GNC_KERNELS_DISTRIBUTIONS_HPP
#endif

#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"

GNC_LANES_BEGIN

/// Uniform number in (0, 1] from a random word, cuRAND's mapping: (w + 1/2) / 2^32, rounded.
template <class L>
GNC_FN typename L::Real uniform_from_word(typename L::Word w) {
  constexpr float kTwoToMinus32 = 2.3283064365386963e-10f;
  return L::fma(L::to_real(w), L::set(kTwoToMinus32), L::set(kTwoToMinus32 / 2));
}

/// Two independent standard normal numbers from two random words (Box, Muller 1958), cuRAND's mapping: radius
/// from the first word, angle from the second, sine first.
template <class L>
GNC_FN void box_muller(typename L::Word radius_word, typename L::Word angle_word, typename L::Real& first,
                       typename L::Real& second) {
  L::polar(L::neg_two_log_uniform(radius_word), angle_word, first, second);
}

/// Uniform number in [-1, 1] from a random word: 2 (w + 1/2) / 2^32 - 1, rounded; within 2e-7 of cuRAND's
/// uniform number twice less one.
template <class L>
GNC_FN typename L::Real symmetric_uniform(typename L::Word w) {
  return L::fma(L::to_real_centred(w), L::set(0x1p-31f), L::set(0x1p-32f));
}

/// Four weights from the four words of a block.
template <class L, Prior kPrior>
GNC_FN void weights_of_block(const typename L::Word (&words)[4], typename L::Real (&weights)[4]) {
  if constexpr (kPrior == Prior::Gauss) {
    box_muller<L>(words[0], words[1], weights[0], weights[1]);
    box_muller<L>(words[2], words[3], weights[2], weights[3]);
  } else {
    GNC_UNROLL
    for (int i = 0; i < 4; ++i) weights[i] = symmetric_uniform<L>(words[i]);
  }
}

GNC_LANES_END

#endif
