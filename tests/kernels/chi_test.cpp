#include "kernels/chi.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/cpu/simd_targets.hpp"
#include "kernels/scalar_lanes.hpp"
#include "tests/kernels/lane_probe.hpp"

namespace gnc {
namespace {

constexpr PhiloxKey kKey{17, 4};

/// P(chi^2 <= x) with f degrees of freedom, by its finite sum (Abramowitz, Stegun 26.4.4 and 26.4.5).
double chi_squared_cdf(std::int64_t freedom, double x) {
  const double h = 0.5 * x;
  const bool even = freedom % 2 == 0;
  // exp(-h) h^s / Gamma(s + 1) for s = 0, 1, .. or s = 1/2, 3/2, ..
  double s = even ? 0.0 : 0.5;
  double upper = even ? 0.0 : std::erfc(std::sqrt(h));
  for (; 2.0 * s < static_cast<double>(freedom) - 1.0; s += 1.0) {
    upper += std::exp(s * std::log(h) - h - std::lgamma(s + 1.0));
  }
  return 1.0 - upper;
}

TEST(Chi, TheCdfOfThisTestIsRight) {
  EXPECT_NEAR(chi_squared_cdf(1, 3.841458820694124), 0.95, 1e-12);
  EXPECT_NEAR(chi_squared_cdf(2, 5.991464547107979), 0.95, 1e-12);
  EXPECT_NEAR(chi_squared_cdf(5, 11.070497693516351), 0.95, 1e-12);
  EXPECT_NEAR(chi_squared_cdf(10, 18.307038053275146), 0.95, 1e-12);
}

// Kolmogorov-Smirnov: sqrt(n) D exceeds 1.95 once in a thousand.
TEST(Chi, HasTheChiLaw) {
  for (const std::int64_t freedom : {1, 2, 3, 4, 5, 6, 7, 13, 40, 160, 161, 1000}) {
    std::vector<float> values = probe_chi(kKey, 1000, freedom, freedom < 100 ? 500'000 : 50'000);
    std::ranges::sort(values);
    const auto n = static_cast<double>(values.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double x = values[i];
      const double cdf = chi_squared_cdf(freedom, x * x);
      const auto before = static_cast<double>(i);
      largest = std::max({largest, cdf - before / n, (before + 1.0) / n - cdf});
    }
    EXPECT_LT(std::sqrt(n) * largest, 1.95) << freedom << " degrees of freedom";
  }
}

// Where the density's tails are decided by the rejection step: moments, each within 4 standard errors.
TEST(Chi, HasTheMomentsOfTheChiLaw) {
  for (const std::int64_t freedom : {4, 5, 80, 1'000'000}) {
    const std::vector<float> values = probe_chi(kKey, 0, freedom, 1'000'000);
    const auto f = static_cast<double>(freedom);
    const auto n = static_cast<double>(values.size());
    double square = 0.0, deviation = 0.0;
    for (const float value : values) {
      const double x = static_cast<double>(value) * static_cast<double>(value) - f;
      square += x;
      deviation += x * x;
    }
    EXPECT_LT(std::abs(square / n), 4.0 * std::sqrt(2.0 * f / n) + 1e-7 * f) << freedom;
    // Var (x - f)^2 = 8 f^2 + 48 f.
    EXPECT_LT(std::abs(deviation / n - 2.0 * f), 4.0 * std::sqrt((8.0 * f + 48.0) * f / n)) << freedom;
  }
}

TEST(Chi, BothOfAPairAreIndependent) {
  constexpr std::size_t kCount = 500'000;
  for (const std::int64_t freedom : {1, 3, 5}) {
    const std::vector<float> values = probe_chi(kKey, 0, freedom, kCount);
    const auto f = static_cast<double>(freedom);
    double product = 0.0;
    for (std::size_t i = 0; i < kCount; ++i) {
      const double x = values[i], y = values[kCount + i];
      product += (x * x - f) * (y * y - f);
    }
    // Of independent variates: variance (2 f)^2.
    EXPECT_LT(std::abs(product / kCount), 4.0 * 2.0 * f / std::sqrt(kCount)) << freedom;
  }
}

// One lane at a time, as a device thread draws: the same variates but for those whose attempt is decided by
// the last bits.
TEST(Chi, LanesAgree) {
  constexpr std::size_t kCount = 20'000;
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    for (const std::int64_t freedom : {1, 2, 3, 4, 5, 160}) {
      const std::vector<float> values = probe_chi(kKey, 3, freedom, kCount);
      float buffer[4];
      plain::ChiVariates<plain::ScalarLanes> chis(kKey, Stream::Product, 1, buffer);
      const plain::ChiShape shapes[2] = {plain::chi_shape(freedom), plain::chi_shape(freedom)};
      int different = 0;
      for (std::size_t i = 0; i < kCount; ++i) {
        float pair[2];
        chis.move_to(3 + i);
        chis.draw(0, 2, shapes, pair, 1);
        for (std::size_t j = 0; j < 2; ++j) {
          const float other = values[j * kCount + i];
          // The lanes' logarithm is good to 2e-6 of its root, and small angles' sines to 1e-6 of the radius.
          if (std::abs(pair[j] - other) > 1e-5f * (1.0f + other)) ++different;
        }
      }
      EXPECT_LE(different, 2) << target << ", " << freedom << " degrees of freedom";
    }
  }
  select_simd_target("");
}

}  // namespace
}  // namespace gnc
