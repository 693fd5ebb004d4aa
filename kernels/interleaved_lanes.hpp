#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/lane_scope.hpp"
#include "kernels/scalar_lanes.hpp"

namespace gnc::plain {

/// Threads whose memory is interleaved: entry e of the one is beside entry e of the next, so that a warp that
/// moves an entry moves one piece of memory.
constexpr int kInterleaved = 32;

/// One draw per thread, in memory that kInterleaved threads share: [entry][thread], from the thread's own
/// place in the first entry on. `size` is the distance of entries.
struct InterleavedLanes : ScalarLanes {
  static constexpr int size = kInterleaved;
};

/// The same in double precision: the lanes of kernels/conditional.hpp, of whom `promote` reads floats of
/// InterleavedLanes.
struct InterleavedDoubles {
  static constexpr int size = kInterleaved;
  using Real = double;
  using Mask = bool;

  static GNC_FN Real set(double x) { return x; }
  static GNC_FN Real load(const double* from) { return *from; }
  static GNC_FN Real promote(const float* from) { return static_cast<double>(*from); }
  static GNC_FN void store(Real x, double* to) { *to = x; }
  static GNC_FN Real fma(Real a, Real b, Real c) { return ::fma(a, b, c); }
  /// c - a b, rounded once.
  static GNC_FN Real fnma(Real a, Real b, Real c) { return ::fma(-a, b, c); }
  static GNC_FN Real sqrt(Real a) { return ::sqrt(a); }
  static GNC_FN Real abs(Real a) { return ::fabs(a); }
  static GNC_FN Real max(Real a, Real b) { return a > b ? a : b; }
  static GNC_FN Real min(Real a, Real b) { return a < b ? a : b; }
  static GNC_FN Real floor(Real a) { return ::floor(a); }
  static GNC_FN Real copy_sign(Real magnitude, Real sign) { return ::copysign(magnitude, sign); }
  static GNC_FN Mask less(Real a, Real b) { return a < b; }
  static GNC_FN Real select(Mask m, Real yes, Real no) { return m ? yes : no; }
  static GNC_FN Real log(Real a) { return ::log(a); }
  static GNC_FN Real exp(Real a) { return ::exp(a); }

  /// See DoubleLanes.
  static GNC_FN Real octaves(Real x) {
#ifdef __CUDA_ARCH__
    return static_cast<double>(__double_as_longlong(x)) * 0x1p-52;
#else
    return static_cast<double>(std::bit_cast<std::int64_t>(x)) * 0x1p-52;
#endif
  }
  static GNC_FN Real from_octaves(Real x) {
    const auto bits = static_cast<std::int64_t>(x * 0x1p52);
#ifdef __CUDA_ARCH__
    return __longlong_as_double(bits);
#else
    return std::bit_cast<double>(bits);
#endif
  }
};

}  // namespace gnc::plain
