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

/// Random words of `L::size` consecutive samples of one stream.
///
/// The counter is (block, stream, sample low, sample high), cuRAND's state after
/// curand_init(key, subsequence = sample, offset = 4 * (stream * 2^32 + block)). Lanes run over samples, so
/// the products of the first two rounds depend on the sample alone or on the block alone: those of the sample
/// are made here, once.
template <class L>
class PhiloxSamples {
 public:
  /// Samples `first` .. `first` + L::size - 1; they must share their high 32 bits.
  GNC_FN PhiloxSamples(PhiloxKey key, Stream stream, std::uint64_t first)
      : key_(key), sample_high_(static_cast<std::uint32_t>(first >> 32)) {
    const auto s = static_cast<std::uint32_t>(stream);
    GNC_UNROLL
    for (int part = 0; part < L::wides; ++part) {
      const auto low = L::lane_index(static_cast<std::uint32_t>(first), part);
      const auto first_round = L::mul_wide(low, L::set_wide(kPhiloxM1));
      const auto c0 = L::xor3(L::high(first_round), L::set_wide(s), L::set_wide(key.k0));
      const auto second_round = L::mul_wide(c0, L::set_wide(kPhiloxM0));
      c1_[part] = first_round ^ L::set_wide(key.k0 + kPhiloxW0);
      c2_[part] = L::high(second_round) ^ L::set_wide(key.k1 + kPhiloxW1);
      c3_[part] = second_round ^ L::set_wide(key.k1 + 2 * kPhiloxW1);
    }
  }

  /// The four words of block `block`, word by word in sample order.
  GNC_FN void block(std::uint32_t block, typename L::Word (&words)[4]) const {
    typename L::Word one_block[1][4];
    blocks<1>(block, one_block);
    for (int w = 0; w < 4; ++w) words[w] = one_block[0][w];
  }

  /// The words of `kBlocks` consecutive blocks, computed side by side.
  template <int kBlocks>
  GNC_FN void blocks(std::uint32_t block, typename L::Word (&words)[kBlocks][4]) const {
    const auto m0 = L::set_wide(kPhiloxM0);
    const auto m1 = L::set_wide(kPhiloxM1);
    typename L::Wide c0[kBlocks][L::wides], c1[kBlocks][L::wides], c2[kBlocks][L::wides],
        c3[kBlocks][L::wides];
    GNC_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      const std::uint64_t p0 = static_cast<std::uint64_t>(block + b) * kPhiloxM0;
      const std::uint32_t r2 = static_cast<std::uint32_t>(p0 >> 32) ^ sample_high_ ^ key_.k1;
      const std::uint64_t p1 = static_cast<std::uint64_t>(r2) * kPhiloxM1;
      const auto block_c0 = L::set_wide(static_cast<std::uint32_t>(p1 >> 32));
      const auto block_c1 = L::set_wide(static_cast<std::uint32_t>(p1) ^ (key_.k0 + 2 * kPhiloxW0));
      const auto block_c2 = L::set_wide(static_cast<std::uint32_t>(p0));
      GNC_UNROLL
      for (int part = 0; part < L::wides; ++part) {
        const auto q0 = L::mul_wide(c1_[part] ^ block_c0, m0);
        const auto q1 = L::mul_wide(c2_[part] ^ block_c2, m1);
        c0[b][part] = L::high(q1) ^ block_c1;
        c1[b][part] = q1;
        c2[b][part] = L::high(q0) ^ c3_[part];
        c3[b][part] = q0;
      }
    }
    GNC_UNROLL
    for (int round = 3; round < kPhiloxRounds; ++round) {
      const auto k0 = L::set_wide(key_.k0 + static_cast<std::uint32_t>(round) * kPhiloxW0);
      const auto k1 = L::set_wide(key_.k1 + static_cast<std::uint32_t>(round) * kPhiloxW1);
      GNC_UNROLL
      for (int b = 0; b < kBlocks; ++b) {
        GNC_UNROLL
        for (int part = 0; part < L::wides; ++part) {
          const auto q0 = L::mul_wide(c0[b][part], m0);
          const auto q1 = L::mul_wide(c2[b][part], m1);
          c0[b][part] = L::xor3(L::high(q1), c1[b][part], k0);
          c1[b][part] = q1;
          c2[b][part] = L::xor3(L::high(q0), c3[b][part], k1);
          c3[b][part] = q0;
        }
      }
    }
    GNC_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      words[b][0] = L::merge(c0[b]);
      words[b][1] = L::merge(c1[b]);
      words[b][2] = L::merge(c2[b]);
      words[b][3] = L::merge(c3[b]);
    }
  }

 private:
  PhiloxKey key_;
  std::uint32_t sample_high_;
  typename L::Wide c1_[L::wides];  // counter word 1 after round 1, with round 2's key
  typename L::Wide c2_[L::wides];  // high word of round 2's product, with its key
  typename L::Wide c3_[L::wides];  // low word of round 2's product, with round 3's key
};

GNC_LANES_END

#endif
