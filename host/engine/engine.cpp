#include "host/engine/engine.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace gnc {

std::unique_ptr<ParticleStore> Engine::particles(const PreparedCell& /*cell*/, std::uint32_t /*populations*/,
                                                 std::uint64_t /*count*/) {
  throw std::invalid_argument("engine " + name() + " moves no particles");
}

std::uint64_t default_chunk_size(const std::string& engine, std::int64_t weights) {
  // The transaction that records a chunk must stay small beside the work of the chunk, and a run that is
  // stopped must not wait long for chunks in flight. One weight costs a core about a nanosecond, a device far
  // less; powers of two there, which the batches of cuda-gemm divide.
  constexpr std::uint64_t kAlign = static_cast<std::uint64_t>(kPriorBlock) * kPriorEvery;
  const bool core = engine == "cpu";
  const std::uint64_t work = (std::uint64_t{1} << 28) * (core ? 1 : kCoreChunksOfDevice);
  const std::uint64_t by_cost = work / static_cast<std::uint64_t>(std::max<std::int64_t>(weights, 1));
  const std::uint64_t draws = std::max(by_cost, kAlign);
  return core ? draws / kAlign * kAlign : std::bit_floor(draws);
}

}  // namespace gnc
