#if defined(GNC_KERNELS_ACTIVATION_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_ACTIVATION_HPP
#undef GNC_KERNELS_ACTIVATION_HPP
#else
#define GNC_KERNELS_ACTIVATION_HPP
#endif

#include "kernels/lane_scope.hpp"
#include "kernels/model.hpp"

GNC_LANES_BEGIN

/// One activation of a pre-activation; `negative_slope` matters to LeakyRelu alone.
template <class L, Activation kActivation>
GNC_FN typename L::Real activate(typename L::Real x, float negative_slope) {
  if constexpr (kActivation == Activation::Tanh) {
    return L::tanh(x);
  } else if constexpr (kActivation == Activation::LeakyRelu) {
    return L::select(L::less(L::set(0.0f), x), x, x * L::set(negative_slope));
  } else {
    return x;
  }
}

/// Derivative of the activation at x, given its value y there.
template <class L, Activation kActivation>
GNC_FN typename L::Real activation_slope(typename L::Real x, typename L::Real y, float negative_slope) {
  if constexpr (kActivation == Activation::Tanh) {
    return L::set(1.0f) - y * y;
  } else if constexpr (kActivation == Activation::LeakyRelu) {
    return L::select(L::less(L::set(0.0f), x), L::set(1.0f), L::set(negative_slope));
  } else {
    return L::set(1.0f);
  }
}

GNC_LANES_END

#endif
