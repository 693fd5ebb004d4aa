#pragma once

#include <cstdint>

#include "kernels/lane_scope.hpp"

namespace gnc {

// Losses are summed as integers, so that a sum does not depend on the order of its terms.

/// One unit of a summed loss is 2^-40, of a summed squared loss 2^-36.
constexpr int kLossBits = 40;
constexpr int kSquareBits = 36;

/// A value on a fixed-point grid; `saturated` says that it was too large (or not a number) and was held at
/// 2^63 - 1.
struct FixedPoint {
  std::uint64_t value = 0;
  bool saturated = false;
};

/// The nearest multiple of 2^-bits, ties to even, of x >= 0.
GNC_FN FixedPoint to_fixed_point(double x, int bits) {
  const double scaled = x * static_cast<double>(std::uint64_t{1} << bits);
  constexpr double kLargest = 9223372036854774784.0;  // the largest double below 2^63
  if (!(scaled <= kLargest)) return {0x7fffffffffffffffu, true};
  const auto whole = static_cast<std::uint64_t>(scaled);
  const double rest = scaled - static_cast<double>(whole);
  const bool up = rest > 0.5 || (rest == 0.5 && (whole & 1) != 0);
  return {whole + (up ? 1 : 0), false};
}

/// 128-bit sum of fixed-point values.
struct WideSum {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  GNC_FN void add(std::uint64_t x) {
    low += x;
    high += low < x ? 1 : 0;
  }
  GNC_FN void add(const WideSum& other) {
    add(other.low);
    high += other.high;
  }
  /// The sum in units of 2^-bits, as a double.
  double value(int bits) const {
    return (static_cast<double>(high) * 18446744073709551616.0 + static_cast<double>(low)) /
           static_cast<double>(std::uint64_t{1} << bits);
  }
  bool operator==(const WideSum&) const = default;
};

/// Sums of a loss and of its square over some draws; exact, whatever the order of the draws.
struct LossSums {
  std::uint64_t count = 0;
  WideSum loss;
  WideSum square;
  std::uint64_t saturated = 0;  ///< losses that the fixed-point range could not hold

  GNC_FN void add(float x) {
    const double exact = x;
    const FixedPoint first = to_fixed_point(exact, kLossBits);
    const FixedPoint second = to_fixed_point(exact * exact, kSquareBits);
    ++count;
    loss.add(first.value);
    square.add(second.value);
    saturated += first.saturated || second.saturated ? 1 : 0;
  }
  GNC_FN void add(const LossSums& other) {
    count += other.count;
    loss.add(other.loss);
    square.add(other.square);
    saturated += other.saturated;
  }
  bool operator==(const LossSums&) const = default;
};

}  // namespace gnc
