#if defined(GNC_KERNELS_CPU_DOUBLE_LANES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CPU_DOUBLE_LANES_INL_HPP
#undef GNC_KERNELS_CPU_DOUBLE_LANES_INL_HPP
#else
#define GNC_KERNELS_CPU_DOUBLE_LANES_INL_HPP
#endif

#include <cstdint>

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"
#include "kernels/lane_scope.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// SIMD lanes of double precision, one draw per lane; memory is laid out [entry][lane].
struct DoubleLanes {
  using D = hn::ScalableTag<double>;
  using IntegerTag = hn::RebindToSigned<D>;
  static constexpr int size = static_cast<int>(hn::MaxLanes(D()));
  using Real = hn::Vec<D>;
  using Mask = hn::Mask<D>;

  static HWY_INLINE Real set(double x) { return hn::Set(D(), x); }
  static HWY_INLINE Real load(const double* from) { return hn::Load(D(), from); }
  /// Of `size` floats.
  static HWY_INLINE Real promote(const float* from) {
    return hn::PromoteTo(D(), hn::Load(hn::Rebind<float, D>(), from));
  }
  static HWY_INLINE void store(Real x, double* to) { hn::Store(x, D(), to); }
  static HWY_INLINE Real fma(Real a, Real b, Real c) { return hn::MulAdd(a, b, c); }
  /// c - a b, rounded once.
  static HWY_INLINE Real fnma(Real a, Real b, Real c) { return hn::NegMulAdd(a, b, c); }
  static HWY_INLINE Real sqrt(Real a) { return hn::Sqrt(a); }
  static HWY_INLINE Real abs(Real a) { return hn::Abs(a); }
  static HWY_INLINE Real max(Real a, Real b) { return hn::Max(a, b); }
  static HWY_INLINE Real min(Real a, Real b) { return hn::Min(a, b); }
  static HWY_INLINE Real floor(Real a) { return hn::Floor(a); }
  static HWY_INLINE Real copy_sign(Real magnitude, Real sign) { return hn::CopySign(magnitude, sign); }
  static HWY_INLINE Mask less(Real a, Real b) { return hn::Lt(a, b); }
  static HWY_INLINE Real select(Mask m, Real yes, Real no) { return hn::IfThenElse(m, yes, no); }
  static HWY_INLINE Real log(Real a) { return hn::CallLog(D(), a); }
  static HWY_INLINE Real exp(Real a) { return hn::CallExp(D(), a); }

  /// The bits of a positive number as an integer, in units of an octave: grows with x, linear between powers
  /// of 2. `from_octaves` is its inverse, to rounding.
  static HWY_INLINE Real octaves(Real x) {
    alignas(64) double from[size];
    alignas(64) std::int64_t bits[size];
    hn::Store(hn::BitCast(IntegerTag(), x), IntegerTag(), bits);
    for (int i = 0; i < size; ++i) from[i] = static_cast<double>(bits[i]) * 0x1p-52;
    return load(from);
  }
  static HWY_INLINE Real from_octaves(Real x) {
    alignas(64) double from[size];
    alignas(64) std::int64_t bits[size];
    store(x, from);
    for (int i = 0; i < size; ++i) bits[i] = static_cast<std::int64_t>(from[i] * 0x1p52);
    return hn::BitCast(D(), hn::Load(IntegerTag(), bits));
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#endif
