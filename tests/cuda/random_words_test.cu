#include "kernels/gemm/random_words.hpp"

#include <random>
#include <vector>

#include "kernels/distributions.hpp"
#include "tests/cuda/cuda_test.hpp"
#include "tests/cuda/map_on_device.hpp"

namespace gnc {
namespace {

struct Place {
  PhiloxKey key;
  Stream stream;
  std::uint64_t sample;
  std::uint32_t block;
};

/// What a device makes of a place in the stream of random numbers.
struct Drawn {
  std::uint32_t curand[4];  ///< words by cuRAND's device API
  std::uint32_t rounds[4];  ///< words by the rounds written out
  float normals[4];
  float uniforms[4];
};

struct DrawPlace {
  const Place* places;
  Drawn* to;

  GNC_FN void operator()(std::uint32_t i) const {
    using L = plain::ScalarLanes;
    const Place place = places[i];
    Drawn drawn;
    random_words(place.key, place.stream, place.sample, place.block, drawn.curand);
    plain::PhiloxSamples<L>(place.key, place.stream, place.sample).block(place.block, drawn.rounds);
    plain::weights_of_block<L, Prior::Gauss>(drawn.curand, drawn.normals);
    plain::weights_of_block<L, Prior::Unif>(drawn.curand, drawn.uniforms);
    to[i] = drawn;
  }
};

class CudaRandomWords : public CudaTest {};

TEST_F(CudaRandomWords, AreTheHostsBitForBitAndTheNumbersTo1e5) {
  std::mt19937_64 random(5);
  std::vector<Place> places(20'000);
  for (Place& place : places) {
    const std::uint64_t key = random();
    place = {{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)},
             static_cast<Stream>(random() % 4),
             random() >> (random() % 64),
             static_cast<std::uint32_t>(random() >> (32 + random() % 32))};
  }
  const auto count = static_cast<std::uint32_t>(places.size());
  const std::vector<Drawn> drawn = map_on_device<DrawPlace, Drawn>(places);

  std::vector<Drawn> expected(count);
  const DrawPlace on_host{places.data(), expected.data()};
  for (std::uint32_t i = 0; i < count; ++i) {
    on_host(i);
    for (int w = 0; w < 4; ++w) {
      ASSERT_EQ(drawn[i].curand[w], expected[i].rounds[w]) << i;
      ASSERT_EQ(drawn[i].rounds[w], expected[i].rounds[w]) << i;
      ASSERT_NEAR(drawn[i].normals[w], expected[i].normals[w], 1e-5) << i;
      ASSERT_NEAR(drawn[i].uniforms[w], expected[i].uniforms[w], 1e-6) << i;
    }
  }
}

}  // namespace
}  // namespace gnc
