#if defined(GNC_KERNELS_PHILOX_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_PHILOX_HPP
#undef GNC_KERNELS_PHILOX_HPP
#else
#define GNC_KERNELS_PHILOX_HPP
#endif

#include <cstdint>

#include "kernels/lane_scope.hpp"
#include "kernels/philox_key.hpp"

GNC_LANES_BEGIN

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
constexpr std::uint32_t kPhiloxM0 = 0xD2511F53u;
constexpr std::uint32_t kPhiloxM1 = 0xCD9E8D57u;
constexpr std::uint32_t kPhiloxW0 = 0x9E3779B9u;
constexpr std::uint32_t kPhiloxW1 = 0xBB67AE85u;
constexpr int kPhiloxRounds = 10;

/// What the first two rounds make of a block's number, the same for all samples with the same high word.
struct PhiloxBlock {
  std::uint32_t c0;  ///< high word of the second round's product
  std::uint32_t c1;  ///< its low word, with the third round's key
  std::uint32_t c2;  ///< low word of the first round's product
};

/// Random words of `L::size` consecutive samples of one stream.
///
/// The counter is (block, stream, sample low, sample high), cuRAND's state after
/// curand_init(key, subsequence = sample, offset = 4 * (stream * 2^32 + block)). Lanes run over samples, so
/// the products of the first two rounds depend on the sample alone or on the block alone: those of the sample
/// are made once, in `move_to`.
template <class L>
class PhiloxSamples {
 public:
  GNC_FN PhiloxSamples(PhiloxKey key, Stream stream)
      : key_(key), stream_(static_cast<std::uint32_t>(stream)) {
    if constexpr (L::stores_round_keys) {
      for (int round = 0; round < kPhiloxRounds; ++round) {
        k0_[round] = L::set_wide(round_k0(round));
        k1_[round] = L::set_wide(round_k1(round));
      }
    }
  }
  GNC_FN PhiloxSamples(PhiloxKey key, Stream stream, std::uint64_t first) : PhiloxSamples(key, stream) {
    move_to(first);
  }

  /// Samples `first` .. `first` + L::size - 1 from now on; they must share their high 32 bits.
  GNC_FN void move_to(std::uint64_t first) {
    sample_high_ = static_cast<std::uint32_t>(first >> 32);
    GNC_UNROLL
    for (int part = 0; part < L::wides; ++part) {
      const auto low = L::lane_index(static_cast<std::uint32_t>(first), part);
      const auto first_round = L::mul_wide(low, L::set_wide(kPhiloxM1));
      const auto c0 = L::xor3(L::high(first_round), L::set_wide(stream_), k0(0));
      const auto second_round = L::mul_wide(c0, L::set_wide(kPhiloxM0));
      c1_[part] = first_round ^ k0(1);
      c2_[part] = L::high(second_round) ^ k1(1);
      c3_[part] = second_round ^ k1(2);
    }
  }

  GNC_FN PhiloxBlock prepare(std::uint32_t block) const {
    const std::uint64_t p0 = static_cast<std::uint64_t>(block) * kPhiloxM0;
    std::uint32_t r2 = static_cast<std::uint32_t>(p0 >> 32) ^ sample_high_ ^ key_.k1;
#if !defined(__CUDA_ARCH__)
    asm("" : "+r"(r2));  // keeps several blocks from being vectorised: the vector units have enough to do
#endif
    const std::uint64_t p1 = static_cast<std::uint64_t>(r2) * kPhiloxM1;
    return {static_cast<std::uint32_t>(p1 >> 32), static_cast<std::uint32_t>(p1) ^ round_k0(2),
            static_cast<std::uint32_t>(p0)};
  }

  /// The four words of a block, word by word in sample order.
  GNC_FN void words(const PhiloxBlock& block, typename L::Word (&words)[4]) const {
    const auto m0 = L::set_wide(kPhiloxM0);
    const auto m1 = L::set_wide(kPhiloxM1);
    const auto block_c0 = L::set_wide(block.c0);
    const auto block_c1 = L::set_wide(block.c1);
    const auto block_c2 = L::set_wide(block.c2);
    typename L::Wide c0[L::wides], c1[L::wides], c2[L::wides], c3[L::wides];
    GNC_UNROLL
    for (int part = 0; part < L::wides; ++part) {
      c3[part] = L::mul_wide(c1_[part] ^ block_c0, m0);
      c1[part] = L::mul_wide(c2_[part] ^ block_c2, m1);
      c0[part] = L::high(c1[part]) ^ block_c1;
      c2[part] = L::high(c3[part]) ^ c3_[part];
    }
    GNC_UNROLL
    for (int round = 3; round + 1 < kPhiloxRounds; ++round) {
      GNC_UNROLL
      for (int part = 0; part < L::wides; ++part) {
        const auto q0 = L::mul_wide(c0[part], m0);
        const auto q1 = L::mul_wide(c2[part], m1);
        c0[part] = L::xor3(L::high(q1), c1[part], k0(round));
        c1[part] = q1;
        c2[part] = L::xor3(L::high(q0), c3[part], k1(round));
        c3[part] = q0;
      }
    }
    // The last round's words are put in lane order before its exclusive-ors, which are then half as many.
    typename L::Wide q0[L::wides], q1[L::wides];
    GNC_UNROLL
    for (int part = 0; part < L::wides; ++part) {
      q0[part] = L::mul_wide(c0[part], m0);
      q1[part] = L::mul_wide(c2[part], m1);
    }
    words[0] = L::merge_high(q1) ^ L::merge(c1) ^ L::any_slot(k0(kPhiloxRounds - 1));
    words[1] = L::merge(q1);
    words[2] = L::merge_high(q0) ^ L::merge(c3) ^ L::any_slot(k1(kPhiloxRounds - 1));
    words[3] = L::merge(q0);
  }

  GNC_FN void block(std::uint32_t number, typename L::Word (&to)[4]) const { words(prepare(number), to); }

 private:
  GNC_FN std::uint32_t round_k0(int round) const {
    return key_.k0 + static_cast<std::uint32_t>(round) * kPhiloxW0;
  }
  GNC_FN std::uint32_t round_k1(int round) const {
    return key_.k1 + static_cast<std::uint32_t>(round) * kPhiloxW1;
  }
  GNC_FN typename L::Wide k0(int round) const {
    if constexpr (L::stores_round_keys)
      return k0_[round];
    else
      return L::set_wide(round_k0(round));
  }
  GNC_FN typename L::Wide k1(int round) const {
    if constexpr (L::stores_round_keys)
      return k1_[round];
    else
      return L::set_wide(round_k1(round));
  }

  PhiloxKey key_;
  std::uint32_t stream_;
  std::uint32_t sample_high_ = 0;
  typename L::Wide c1_[L::wides];  // counter word 1 after round 1, with round 2's key
  typename L::Wide c2_[L::wides];  // high word of round 2's product, with its key
  typename L::Wide c3_[L::wides];  // low word of round 2's product, with round 3's key
  static constexpr int kStoredKeys = L::stores_round_keys ? kPhiloxRounds : 1;
  typename L::Wide k0_[kStoredKeys];
  typename L::Wide k1_[kStoredKeys];
};

GNC_LANES_END

#endif
