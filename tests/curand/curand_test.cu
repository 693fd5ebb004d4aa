// cuRAND's device API compiled for the host as well: the numbers of the contract come from cuRAND itself.
#define QUALIFIERS static inline __host__ __device__
#include <curand.h>
#include <curand_kernel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "kernels/random_stream.hpp"

namespace gnc {
namespace {

std::uint64_t seed_of(PhiloxKey key) { return static_cast<std::uint64_t>(key.k1) << 32 | key.k0; }

TEST(Curand, PhiloxStateGivesTheContractsWords) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t bits = random();
    const PhiloxKey key{static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
    const std::uint64_t sample = random() >> (random() % 64);
    const std::uint64_t block = random() >> (32 + random() % 32);
    const std::uint64_t stream = random() % 4;
    curandStatePhilox4_32_10_t state;
    curand_init(seed_of(key), sample, 4 * ((stream << 32) + block), &state);
    const uint4 expected = curand4(&state);
    const plain::PhiloxSamples<plain::ScalarLanes> samples(key, static_cast<Stream>(stream), sample);
    std::uint32_t words[4];
    samples.block(static_cast<std::uint32_t>(block), words);
    ASSERT_EQ(words[0], expected.x);
    ASSERT_EQ(words[1], expected.y);
    ASSERT_EQ(words[2], expected.z);
    ASSERT_EQ(words[3], expected.w);
  }
}

TEST(Curand, NormalAndUniformMappingsAgree) {
  const PhiloxKey key = cell_key(1, 5, 2, 0);
  for (std::uint64_t sample = 0; sample < 2000; ++sample) {
    curandStatePhilox4_32_10_t normal_state, uniform_state;
    curand_init(seed_of(key), sample, 0, &normal_state);
    uniform_state = normal_state;
    RandomStream normals(key, Stream::Draws, sample);
    RandomStream uniforms(key, Stream::Draws, sample);
    for (int block = 0; block < 5; ++block) {
      const float4 n = curand_normal4(&normal_state);
      const float4 u = curand_uniform4(&uniform_state);
      for (const float expected : {n.x, n.y, n.z, n.w}) ASSERT_NEAR(normals.normal(), expected, 1e-5);
      for (const float expected : {u.x, u.y, u.z, u.w}) ASSERT_EQ(uniforms.uniform(), expected);
    }
  }
}

// cuRAND's host generator needs no device; it starts at subsequence 0.
TEST(Curand, HostGeneratorGivesTheWordsOfSampleZero) {
  const PhiloxKey key = cell_key(7, 0, 0, 0);
  curandGenerator_t generator;
  ASSERT_EQ(curandCreateGeneratorHost(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10), CURAND_STATUS_SUCCESS);
  ASSERT_EQ(curandSetPseudoRandomGeneratorSeed(generator, seed_of(key)), CURAND_STATUS_SUCCESS);
  ASSERT_EQ(curandSetGeneratorOffset(generator, 0), CURAND_STATUS_SUCCESS);
  std::vector<unsigned> words(4096);
  ASSERT_EQ(curandGenerate(generator, words.data(), words.size()), CURAND_STATUS_SUCCESS);
  ASSERT_EQ(curandDestroyGenerator(generator), CURAND_STATUS_SUCCESS);
  // Where in the output a sample's blocks lie is cuRAND's choice; the first block of sample 0 comes first.
  RandomStream stream(key, Stream::Draws, 0);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(words[static_cast<std::size_t>(i)], stream.word()) << i;
}

}  // namespace
}  // namespace gnc
