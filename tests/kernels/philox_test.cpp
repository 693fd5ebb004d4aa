#include "kernels/philox.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "kernels/cpu/simd_targets.hpp"
#include "kernels/random_stream.hpp"
#include "kernels/scalar_lanes.hpp"
#include "tests/kernels/lane_probe.hpp"

namespace gnc {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words scalar_words(PhiloxKey key, std::uint32_t stream, std::uint64_t sample, std::uint32_t block) {
  const plain::PhiloxSamples<plain::ScalarLanes> samples(key, static_cast<Stream>(stream), sample);
  std::uint32_t words[4];
  samples.block(block, words);
  return {words[0], words[1], words[2], words[3]};
}

Words random123_words(PhiloxKey key, std::uint32_t stream, std::uint64_t sample, std::uint32_t block) {
  const r123::Philox4x32::ctr_type counter = {
      {block, stream, static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(sample >> 32)}};
  const auto words = r123::Philox4x32()(counter, {{key.k0, key.k1}});
  return {words[0], words[1], words[2], words[3]};
}

// Known answers published with Random123 (kat_vectors, philox4x32 10 rounds).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(scalar_words({0, 0}, 0, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(scalar_words({0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffffffffffff, 0xffffffff),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(scalar_words({0xa4093822, 0x299f31d0}, 0x85a308d3, 0x0370734413198a2e, 0x243f6a88),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, ScalarLaneEqualsRandom123) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t bits = random();
    const PhiloxKey key{static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
    const std::uint64_t sample = random() >> (random() % 64);
    const auto block = static_cast<std::uint32_t>(random());
    const auto stream = static_cast<std::uint32_t>(random() % 4);
    ASSERT_EQ(scalar_words(key, stream, sample, block), random123_words(key, stream, sample, block));
  }
}

TEST(Philox, EverySimdTargetEqualsRandom123) {
  constexpr std::size_t kCount = 64;
  std::mt19937_64 random(2);
  for (const std::string& target : simd_targets()) {
    select_simd_target(target);
    ASSERT_EQ(simd_target(), target);
    ASSERT_EQ(simd_name(), target.starts_with("AVX3") ? "AVX-512" : target);
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t bits = random();
      const PhiloxKey key{static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
      // Groups of lanes start at multiples of their size; the one below 2^32 must not carry into the high
      // word.
      std::uint64_t first = (random() >> (random() % 64)) / kCount * kCount;
      if (i == 0) first = 0x100000000u - kCount;
      if (i == 1) first = 0x100000000u;
      const auto block = static_cast<std::uint32_t>(random());
      const auto stream = static_cast<Stream>(random() % 4);
      const std::vector<std::uint32_t> words = probe_words(key, stream, first, block, kCount);
      for (std::size_t s = 0; s < kCount; ++s) {
        const Words expected = random123_words(key, static_cast<std::uint32_t>(stream), first + s, block);
        for (std::size_t w = 0; w < 4; ++w)
          ASSERT_EQ(words[w * kCount + s], expected[w]) << target << " " << first + s;
      }
    }
  }
  select_simd_target("");
}

TEST(RandomStream, ReadsWordsInCounterOrder) {
  const PhiloxKey key{3, 4};
  RandomStream stream(key, Stream::Problem, 5);
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (const std::uint32_t word : random123_words(key, 1, 5, block)) EXPECT_EQ(stream.word(), word);
  }
}

// SplitMix64's published outputs for the seed 1234567 (state advances by the golden gamma).
TEST(CellKey, SplitMix64KnownAnswers) {
  EXPECT_EQ(splitmix64(1234567), 6457827717110365317u);
  EXPECT_EQ(splitmix64(1234567 + 0x9E3779B97F4A7C15u), 3203168211198807973u);
}

TEST(CellKey, EveryPartMatters) {
  const PhiloxKey key = cell_key(1, 2, 3, 4);
  EXPECT_NE(key, cell_key(2, 2, 3, 4));
  EXPECT_NE(key, cell_key(1, 3, 2, 4));
  EXPECT_NE(key, cell_key(1, 2, 4, 3));
  EXPECT_NE(key, cell_key(1, 2, 3, 5));
  static_assert(cell_key(1, 2, 3, 4) == cell_key(1, 2, 3, 4));
}

}  // namespace
}  // namespace gnc
