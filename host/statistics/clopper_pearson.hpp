#pragma once

#include <cstdint>

namespace gnc {

/// A confidence interval for a probability, 0 <= low <= high <= 1.
struct ProbabilityInterval {
  double low = 0.0;
  double high = 1.0;
};

/// Exact two-sided interval for the success probability behind `successes` of `trials`
/// (Clopper & Pearson, Biometrika 26, 1934): each tail beyond it has probability (1 - confidence) / 2 at
/// most. No success gives low = 0, no failure high = 1, no trial [0, 1]. Throws std::invalid_argument unless
/// successes <= trials and 0 < confidence < 1.
ProbabilityInterval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence = 0.95);

}  // namespace gnc
