#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

#include "kernels/fixed_point.hpp"
#include "kernels/lane_scope.hpp"

namespace gnc {

/// A nonnegative number fraction * 2^exponent, beyond the range of double if need be; fraction is 0 or in
/// [1, 2).
struct ScaledReal {
  double fraction = 0.0;
  std::int64_t exponent = 0;

  /// x >= 0, finite, times 2^exponent.
  static GNC_FN ScaledReal of(double x, std::int64_t exponent = 0) {
    if (!(x > 0.0)) return {};
    int shift = 0;
    const double half = frexp(x, &shift);
    return {2.0 * half, exponent + shift - 1};
  }
  /// Natural logarithm; minus infinity for 0.
  double log() const {
    constexpr double kLog2 = 0.693147180559945309417;
    if (fraction == 0.0) return -std::numeric_limits<double>::infinity();
    return std::log(fraction) + static_cast<double>(exponent) * kLog2;
  }
  /// Whether it is smaller; neither is 0.
  GNC_FN bool below(const ScaledReal& other) const {
    return exponent != other.exponent ? exponent < other.exponent : fraction < other.fraction;
  }
  bool operator==(const ScaledReal&) const = default;
};

GNC_FN ScaledReal operator*(const ScaledReal& a, const ScaledReal& b) {
  return ScaledReal::of(a.fraction * b.fraction, a.exponent + b.exponent);
}

/// a / b, rounded, where double holds it; b is not 0.
inline double ratio(const ScaledReal& a, const ScaledReal& b) {
  const std::int64_t exponent = std::clamp<std::int64_t>(a.exponent - b.exponent, -2000, 2000);
  return std::ldexp(a.fraction / b.fraction, static_cast<int>(exponent));
}

/// A ScaledReal other than 0, with exponent e = 32 band + shift, 0 <= shift < 32, as the integer fraction *
/// 2^(52 + shift), below 2^84, in units of 2^(32 band - 52).
struct BandTerm {
  std::int64_t band;
  WideSum units;

  static GNC_FN BandTerm of(const ScaledReal& term) {
    const std::int64_t band = term.exponent >= 0 ? term.exponent / 32 : -((31 - term.exponent) / 32);
    const auto shift = static_cast<unsigned>(term.exponent - 32 * band);
    const auto bits = static_cast<std::uint64_t>(term.fraction * 0x1p52);
    return {band, {bits << shift, shift == 0 ? 0 : bits >> (64 - shift)}};
  }
};

/// Sum of ScaledReals without any rounding, so that it does not depend on the order of its terms: wide
/// integers, one for every 32 binary orders of magnitude that terms fall into. Holds 2^42 terms.
class ExactSum {
 public:
  /// Sums of the BandTerms of each band.
  using Bands = std::map<std::int64_t, WideSum>;

  void add(const ScaledReal& term) {
    if (term.fraction == 0.0) return;
    const BandTerm in_band = BandTerm::of(term);
    bands_[in_band.band].add(in_band.units);
  }
  void add(const ExactSum& other) {
    for (const auto& [band, sum] : other.bands_) bands_[band].add(sum);
  }
  void add(std::int64_t band, const WideSum& sum) { bands_[band].add(sum); }

  /// The sum, rounded.
  ScaledReal value() const {
    ScaledReal total;
    for (auto band = bands_.rbegin(); band != bands_.rend(); ++band) {
      const ScaledReal term = ScaledReal::of(band->second.value(52), 32 * band->first);
      if (total.fraction == 0.0) {
        total = term;
      } else if (total.exponent - term.exponent < 128) {
        total = ScaledReal::of(
            total.fraction + std::ldexp(term.fraction, static_cast<int>(term.exponent - total.exponent)),
            total.exponent);
      }
    }
    return total;
  }
  const Bands& bands() const { return bands_; }
  bool operator==(const ExactSum&) const = default;

 private:
  Bands bands_;
};

}  // namespace gnc
