#include "kernels/distributions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "kernels/cpu/simd_targets.hpp"
#include "kernels/random_stream.hpp"
#include "kernels/scalar_lanes.hpp"
#include "tests/kernels/lane_probe.hpp"

namespace gnc {
namespace {

/// cuRAND's mapping in double precision, from its float conversion of the words on.
std::pair<double, double> exact_box_muller(std::uint32_t radius_word, std::uint32_t angle_word) {
  const double u = static_cast<double>(std::fma(static_cast<float>(radius_word), 0x1p-32f, 0x1p-33f));
  const double angle = (static_cast<double>(angle_word) + 0.5) * 0x1p-32 * 2.0 * std::numbers::pi;
  const double radius = std::sqrt(-2.0 * std::log(u));
  return {radius * std::sin(angle), radius * std::cos(angle)};
}

std::vector<std::uint32_t> radius_words(std::size_t count) {
  std::vector<std::uint32_t> words = {0,          1,          2,          3,          0x7fffffff, 0x80000000,
                                      0x80000001, 0xffffffff, 0xfffffffe, 0xffffff80, 0xffffff7f, 0xffffff00,
                                      0xfffffe00, 0xfc000000, 0xfbffffff, 0xf8000000, 0xffff0000, 0xfffff000};
  std::mt19937_64 random(11);
  while (words.size() < count / 2) words.push_back(static_cast<std::uint32_t>(random()));
  // Radii near zero, where an absolute error of the logarithm would be amplified most.
  while (words.size() < count)
    words.push_back(0xffffffffu - (static_cast<std::uint32_t>(random()) >> (random() % 32)));
  return words;
}

std::vector<std::uint32_t> angle_words(std::size_t count) {
  std::vector<std::uint32_t> words;
  for (std::uint32_t i = 0; i < 64; ++i) {
    for (const std::uint32_t offset : {0xffffffffu, 0u, 1u}) words.push_back((i << 26) + offset);
  }
  std::mt19937_64 random(12);
  while (words.size() < count) words.push_back(static_cast<std::uint32_t>(random()));
  return words;
}

// The contract: 1e-5 between engines; each stays within 4e-6 of the exact mapping.
TEST(BoxMuller, EverySimdTargetAndTheScalarLaneAreCloseToExact) {
  constexpr std::size_t kCount = 200'000;
  const std::vector<std::uint32_t> radius = radius_words(kCount);
  const std::vector<std::uint32_t> angle = angle_words(kCount);
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    const std::vector<float> numbers = probe_box_muller(radius, angle);
    double worst = 0.0;
    for (std::size_t i = 0; i < kCount; ++i) {
      const auto [first, second] = exact_box_muller(radius[i], angle[i]);
      worst = std::max({worst, std::abs(numbers[i] - first), std::abs(numbers[kCount + i] - second)});
    }
    EXPECT_LT(worst, 4e-6) << target;
    RecordProperty("worst_" + target, std::to_string(worst));
  }
  select_simd_target("");
  for (std::size_t i = 0; i < kCount; ++i) {
    float first, second;
    plain::box_muller<plain::ScalarLanes>(radius[i], angle[i], first, second);
    const auto [exact_first, exact_second] = exact_box_muller(radius[i], angle[i]);
    ASSERT_NEAR(first, exact_first, 4e-6);
    ASSERT_NEAR(second, exact_second, 4e-6);
  }
}

TEST(BoxMuller, TargetsWithFusedMultiplyAddAgreeBitForBit) {
  const std::vector<std::uint32_t> radius = radius_words(50'000);
  const std::vector<std::uint32_t> angle = angle_words(50'000);
  std::vector<std::vector<float>> all;
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    if (simd_arithmetic() == "fma") all.push_back(probe_box_muller(radius, angle));
  }
  select_simd_target("");
  if (all.size() < 2)
    GTEST_SKIP() << "this machine has " << all.size() << " target(s) with fused multiply-add";
  for (const auto& numbers : all) EXPECT_EQ(numbers, all.front());
}

TEST(Tanh, EverySimdTargetHasSmallRelativeError) {
  std::vector<float> x = {0.0f, 1e-30f, -1e-30f, 1e-4f, 8.99f, 9.0f, 9.01f, 50.0f, -50.0f, 1e30f, -1e30f};
  std::mt19937_64 random(13);
  std::uniform_real_distribution<float> exponent(-12.0f, 3.3f);
  while (x.size() < 100'000) x.push_back((random() % 2 == 0 ? 1.0f : -1.0f) * std::exp2(exponent(random)));
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    const std::vector<float> values = probe_tanh(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = std::tanh(static_cast<double>(x[i]));
      ASSERT_LE(std::abs(values[i] - exact), 4e-7 * std::abs(exact)) << target << " at " << x[i];
      ASSERT_LE(std::abs(values[i]), 1.0f + 2e-7f);
    }
  }
  select_simd_target("");
}

/// Normal numbers `entry` of samples first .. first + count - 1.
std::vector<double> normals(PhiloxKey key, Stream stream, std::uint64_t first, std::size_t count,
                            std::uint32_t entry) {
  const std::vector<std::uint32_t> words = probe_words(key, stream, first, entry / 4, count);
  const std::size_t pair = entry % 4 / 2 * 2;
  const std::span all(words);
  const std::vector<float> numbers =
      probe_box_muller(all.subspan(pair * count, count), all.subspan((pair + 1) * count, count));
  const std::size_t half = entry % 2 * count;
  return {numbers.begin() + static_cast<std::ptrdiff_t>(half),
          numbers.begin() + static_cast<std::ptrdiff_t>(half + count)};
}

constexpr PhiloxKey kKey = cell_key(20, 5, 2, 0);
constexpr std::size_t kSamples = 1 << 20;

TEST(Normals, MomentsWithinFiveSigma) {
  const auto n = static_cast<double>(kSamples);
  for (std::uint32_t entry = 0; entry < 8; ++entry) {
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (const double x : normals(kKey, Stream::Draws, 0, kSamples, entry)) {
      m1 += x;
      m2 += x * x;
      m3 += x * x * x;
      m4 += x * x * x * x;
    }
    // Var x = 1, Var x^2 = 2, Var x^3 = 15, Var x^4 = 96.
    EXPECT_LT(std::abs(m1 / n), 5 * std::sqrt(1 / n)) << entry;
    EXPECT_LT(std::abs(m2 / n - 1), 5 * std::sqrt(2 / n)) << entry;
    EXPECT_LT(std::abs(m3 / n), 5 * std::sqrt(15 / n)) << entry;
    EXPECT_LT(std::abs(m4 / n - 3), 5 * std::sqrt(96 / n)) << entry;
  }
}

TEST(Normals, KolmogorovSmirnovAndTails) {
  for (std::uint32_t entry = 0; entry < 4; ++entry) {
    std::vector<double> x = normals(kKey, Stream::Draws, 1 << 24, kSamples, entry);
    std::sort(x.begin(), x.end());
    const auto n = static_cast<double>(x.size());
    double distance = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double cdf = 0.5 * std::erfc(-x[i] / std::numbers::sqrt2);
      const auto rank = static_cast<double>(i);
      distance = std::max({distance, std::abs(cdf - rank / n), std::abs(cdf - (rank + 1) / n)});
    }
    // P(sqrt(n) D > 2.23) = 2 exp(-2 * 2.23^2) = 1e-4.
    EXPECT_LT(std::sqrt(n) * distance, 2.23) << entry;
    for (const double limit : {3.0, 4.0, 4.5}) {
      const double p = std::erfc(limit / std::numbers::sqrt2);
      const auto beyond = static_cast<double>(
          std::count_if(x.begin(), x.end(), [limit](double value) { return std::abs(value) > limit; }));
      EXPECT_LT(std::abs(beyond - n * p), 5 * std::sqrt(n * p) + 1) << limit;
    }
  }
}

/// Correlation times sqrt(n): standard normal for independent inputs.
double scaled_correlation(const std::vector<double>& x, const std::vector<double>& y, std::size_t lag) {
  double sum = 0.0;
  for (std::size_t i = 0; i + lag < x.size(); ++i) sum += x[i + lag] * y[i];
  return sum / std::sqrt(static_cast<double>(x.size() - lag));
}

TEST(Normals, NeighbouringSamplesEntriesStreamsAndCellsAreUncorrelated) {
  const std::vector<double> x = normals(kKey, Stream::Draws, 0, kSamples, 0);
  std::vector<double> squares;
  for (const double value : x) squares.push_back((value * value - 1) / std::numbers::sqrt2);
  for (const std::size_t lag : {1, 2, 3, 4, 8, 16, 17, 32, 64, 1024}) {
    EXPECT_LT(std::abs(scaled_correlation(x, x, lag)), 5.0) << lag;
    EXPECT_LT(std::abs(scaled_correlation(squares, squares, lag)), 5.0) << lag;
  }
  const std::vector<std::vector<double>> others = {
      normals(kKey, Stream::Draws, 0, kSamples, 1),
      normals(kKey, Stream::Draws, 0, kSamples, 2),
      normals(kKey, Stream::Draws, 0, kSamples, 3),
      normals(kKey, Stream::Draws, 0, kSamples, 4),
      normals(kKey, Stream::Problem, 0, kSamples, 0),
      normals(kKey, Stream::DescentStart, 0, kSamples, 0),
      normals(kKey, Stream::Splitting, 0, kSamples, 0),
      normals(kKey, Stream::Draws, 1ull << 32, kSamples, 0),
      normals(cell_key(20, 5, 2, 1), Stream::Draws, 0, kSamples, 0),
      normals(cell_key(20, 6, 2, 0), Stream::Draws, 0, kSamples, 0),
      normals(cell_key(21, 5, 2, 0), Stream::Draws, 0, kSamples, 0)};
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_LT(std::abs(scaled_correlation(x, others[i], 0)), 5.0) << i;
    std::vector<double> other_squares;
    for (const double value : others[i]) other_squares.push_back((value * value - 1) / std::numbers::sqrt2);
    EXPECT_LT(std::abs(scaled_correlation(squares, other_squares, 0)), 5.0) << i;
  }
}

TEST(Uniforms, RangeMomentsAndEnds) {
  using plain::ScalarLanes;
  EXPECT_EQ(plain::uniform_from_word<ScalarLanes>(0), 0x1p-33f);
  EXPECT_EQ(plain::uniform_from_word<ScalarLanes>(0xffffffff), 1.0f);
  EXPECT_GT(plain::symmetric_uniform<ScalarLanes>(0), -1.0000001f);
  EXPECT_EQ(plain::symmetric_uniform<ScalarLanes>(0xffffffff), 1.0f);
  RandomStream stream(kKey, Stream::Draws);
  double m1 = 0, m2 = 0;
  constexpr int kCount = 1'000'000;
  for (int i = 0; i < kCount; ++i) {
    const double x = plain::symmetric_uniform<ScalarLanes>(stream.word());
    ASSERT_LE(std::abs(x), 1.0);
    m1 += x;
    m2 += x * x;
  }
  // Var x = 1/3, Var x^2 = 1/5 - 1/9.
  EXPECT_LT(std::abs(m1 / kCount), 5 * std::sqrt(1.0 / 3 / kCount));
  EXPECT_LT(std::abs(m2 / kCount - 1.0 / 3), 5 * std::sqrt(4.0 / 45 / kCount));
}

}  // namespace
}  // namespace gnc
