#pragma once

#include <cmath>
#include <limits>

namespace gnc {

/// A rate, or another number >= 0, of any smallness. Rates compare by their logarithms.
struct Rate {
  double value = 0.0;  ///< 0 where it is below the normal doubles
  double log10 = -std::numeric_limits<double>::infinity();

  Rate() = default;
  Rate(double number) : value(number), log10(std::log10(number)) {}
  /// `number` as a double holds it, which is 0, or as an upper bound the least normal one, where it is
  /// smaller: its logarithm is then `log10_number`.
  Rate(double number, double log10_number) : Rate(number) {
    if (number > std::numeric_limits<double>::min()) return;
    value = 0.0;
    log10 = log10_number;
  }

  /// Else it is 0, or infinite or no number.
  bool positive() const { return std::isfinite(log10); }
};

inline bool operator==(const Rate& a, const Rate& b) { return a.value == b.value && a.log10 == b.log10; }
inline bool operator<(const Rate& a, const Rate& b) {
  return a.log10 < b.log10 || (a.log10 == b.log10 && a.value < b.value);
}

}  // namespace gnc
