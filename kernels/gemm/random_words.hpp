#pragma once

#include <cstdint>

#include "kernels/lane_scope.hpp"
#include "kernels/philox.hpp"
#include "kernels/philox_key.hpp"
#include "kernels/scalar_lanes.hpp"

#ifdef __CUDACC__
#include <curand_kernel.h>
#endif

namespace gnc {

/// The four words of one block of one sample: on a device from cuRAND's device API, on the host from the
/// rounds written out. They are equal: gnc's draws are those of cuRAND's generator.
GNC_FN void random_words(PhiloxKey key, Stream stream, std::uint64_t sample, std::uint32_t block,
                         std::uint32_t (&words)[4]) {
#ifdef __CUDA_ARCH__
  const unsigned long long seed = static_cast<unsigned long long>(key.k1) << 32 | key.k0;
  const unsigned long long offset = 4 * ((static_cast<unsigned long long>(stream) << 32) + block);
  curandStatePhilox4_32_10_t state;
  curand_init(seed, sample, offset, &state);
  const uint4 drawn = curand4(&state);
  words[0] = drawn.x;
  words[1] = drawn.y;
  words[2] = drawn.z;
  words[3] = drawn.w;
#else
  plain::PhiloxSamples<plain::ScalarLanes>(key, stream, sample).block(block, words);
#endif
}

}  // namespace gnc
