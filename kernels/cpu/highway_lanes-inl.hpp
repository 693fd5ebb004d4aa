#if defined(GNC_KERNELS_CPU_HIGHWAY_LANES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GNC_KERNELS_CPU_HIGHWAY_LANES_INL_HPP
#undef GNC_KERNELS_CPU_HIGHWAY_LANES_INL_HPP
#else
#define GNC_KERNELS_CPU_HIGHWAY_LANES_INL_HPP
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "kernels/lane_scope.hpp"
#include "kernels/scalar_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace gnc {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Every target sees the same tables and does the same operations in the same order, so all targets with fused
// multiply-add give the same bits.

// Logarithm: centres 1, 5/4, 3/2, 7/4 of the intervals of the mantissa; 2^-32 / c and -2 log c. Repeated for
// targets that look up within each 128-bit part of a register.
alignas(64) constexpr float kInverseCentre[16] = {0x1p-32f, 1.8626452e-10f, 1.5522043e-10f, 1.3304609e-10f,
                                                  0x1p-32f, 1.8626452e-10f, 1.5522043e-10f, 1.3304609e-10f,
                                                  0x1p-32f, 1.8626452e-10f, 1.5522043e-10f, 1.3304609e-10f,
                                                  0x1p-32f, 1.8626452e-10f, 1.5522043e-10f, 1.3304609e-10f};
alignas(64) constexpr float kNegTwoLogCentre[16] = {
    0.0f, -0.44628707f, -0.81093013f, -1.1192315f, 0.0f, -0.44628707f, -0.81093013f, -1.1192315f,
    0.0f, -0.44628707f, -0.81093013f, -1.1192315f, 0.0f, -0.44628707f, -0.81093013f, -1.1192315f};

#if HWY_TARGET == HWY_SCALAR
/// A target without vectors has one lane.
using SimdLanes = plain::ScalarLanes;
#else

/// SIMD lanes of the compiled target, one draw per lane; the members are those of plain::ScalarLanes.
/// `D` is a Highway tag of float with a size known at compile time.
template <class D>
struct HighwayLanes {
  static constexpr int size = static_cast<int>(hn::MaxLanes(D()));
  /// Of each four lanes, part 0 has the first two and part 1 the others: the words that products leave in the
  /// low or the high halves of both parts' slots then come together in lane order by one shuffle.
  static constexpr int wides = 2;
#if HWY_ARCH_ARM_A64 || (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3)
  static constexpr int tile_cols = 5;  // of 32 registers
#else
  static constexpr int tile_cols = 2;  // of 16 registers
#endif
  static constexpr bool stores_round_keys = true;
  using WordTag = hn::RebindToUnsigned<D>;
  using SignedTag = hn::RebindToSigned<D>;
  using SlotTag = hn::RepartitionToWide<WordTag>;
  using Real = hn::Vec<D>;
  using Word = hn::Vec<WordTag>;
  using Wide = hn::Vec<WordTag>;
  using Mask = hn::Mask<D>;

  static HWY_INLINE Real set(float x) { return hn::Set(D(), x); }
  static HWY_INLINE Real load(const float* from) { return hn::Load(D(), from); }
  static HWY_INLINE void store(Real x, float* to) { hn::Store(x, D(), to); }
  static HWY_INLINE Word load_word(const std::uint32_t* from) { return hn::Load(WordTag(), from); }
  static HWY_INLINE void store_word(Word x, std::uint32_t* to) { hn::Store(x, WordTag(), to); }

  static HWY_INLINE Real fma(Real a, Real b, Real c) { return hn::MulAdd(a, b, c); }
  static HWY_INLINE Real sqrt(Real a) { return hn::Sqrt(a); }
  static HWY_INLINE Mask less(Real a, Real b) { return hn::Lt(a, b); }
  static HWY_INLINE Real select(Mask m, Real yes, Real no) { return hn::IfThenElse(m, yes, no); }
  static HWY_INLINE bool any(Mask m) { return !hn::AllFalse(D(), m); }
  static HWY_INLINE std::uint64_t bits(Mask m) {
    alignas(8) std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(D(), m, bytes);
    std::uint64_t all = 0;
    for (int i = 0; i < 8; ++i) all |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return size == 64 ? all : all & ((std::uint64_t{1} << (size % 64)) - 1);
  }

  static HWY_INLINE Wide set_wide(std::uint32_t x) { return hn::Set(WordTag(), x); }
  static HWY_INLINE Wide lane_index(std::uint32_t base, int part) {
    alignas(64) static constexpr std::uint32_t kLaneOfSlot[16] = {0, 0, 1, 1, 4,  4,  5,  5,
                                                                  8, 8, 9, 9, 12, 12, 13, 13};
    return hn::Add(hn::Load(WordTag(), kLaneOfSlot),
                   hn::Set(WordTag(), base + 2 * static_cast<std::uint32_t>(part)));
  }
  static HWY_INLINE Wide mul_wide(Wide a, Wide b) { return hn::BitCast(WordTag(), hn::MulEven(a, b)); }
  static HWY_INLINE Wide high(Wide a) {
    return hn::BitCast(WordTag(), hn::ShiftRight<32>(hn::BitCast(SlotTag(), a)));
  }
  static HWY_INLINE Wide xor3(Wide a, Wide b, Wide c) { return hn::Xor3(a, b, c); }
  static HWY_INLINE Word merge(const Wide (&parts)[wides]) { return halves<false>(parts[0], parts[1]); }
  static HWY_INLINE Word merge_high(const Wide (&parts)[wides]) { return halves<true>(parts[0], parts[1]); }
  static HWY_INLINE Word any_slot(Wide same) { return same; }

  static HWY_INLINE Real as_real(Word w) { return hn::BitCast(D(), w); }
  static HWY_INLINE Word as_word(Real x) { return hn::BitCast(WordTag(), x); }
  static HWY_INLINE Real to_real(Word w) { return hn::ConvertTo(D(), w); }
  static HWY_INLINE Real to_real_centred(Word w) {
    return hn::ConvertTo(D(), hn::BitCast(SignedTag(), hn::Xor(w, hn::Set(WordTag(), 1u << 31))));
  }

  /// -2 log((w + 1/2) / 2^32). With v = w + 1/2 = 2^(32 + e) m and m near a centre c:
  /// -2 e log 2 - 2 log c - 2 log(1 + r), r = m / c - 1. At w near 2^32 both e and log c vanish, so the error
  /// stays relative there: the radius of Box-Muller is its square root. Error of that root below 2e-6.
  static HWY_INLINE Real neg_two_log_uniform(Word w) {
    // Words from 2^31 on are converted as w - 2^32, of which nothing is lost that the sum with 2^32 keeps.
    const auto signed_word = hn::BitCast(SignedTag(), w);
    const auto v = hn::ConvertTo(D(), signed_word) +
                   hn::IfNegativeThenElse(hn::BitCast(D(), w), set(0x1p32f), set(0.5f));
    const auto bits = hn::BitCast(SignedTag(), v);
    // The interval around centre 1 begins at 2^32 (1 - 1/16).
    const auto offset = hn::Sub(bits, hn::Set(SignedTag(), 0x4f700000));
    const auto exponent = hn::And(offset, hn::Set(SignedTag(), static_cast<std::int32_t>(0xff800000u)));
    const auto mantissa = hn::BitCast(D(), hn::Sub(bits, exponent));
    const auto interval = hn::ShiftRight<21>(hn::BitCast(WordTag(), offset));
    const auto r = hn::MulSub(mantissa, lookup4(kInverseCentre, interval), set(1.0f));
    const auto head =
        fma(hn::ConvertTo(D(), exponent), set(-1.6525917e-07f), lookup4(kNegTwoLogCentre, interval));
    const auto tail = fma(r, fma(r, set(0.4853029251f), set(-0.6713311076f)), set(1.0001064539f));
    return fma(r * r, tail, fma(r, set(-1.9999928474f), head));
  }

  /// The root of `squared_radius` times sine and cosine of 2 pi (w + 1/2) / 2^32: the nearer of the
  /// directions 0 and pi, turned by a, |a| <= pi / 2, with minimax polynomials of a. Error below 8e-7 of the
  /// radius.
  static HWY_INLINE void polar(Real squared_radius, Word w, Real& sine_part, Real& cosine_part) {
    const auto radius = sqrt(squared_radius);
    const auto half_turn = hn::And(hn::Add(w, hn::Set(WordTag(), 1u << 30)), hn::Set(WordTag(), 1u << 31));
    const auto signed_radius = as_real(hn::Xor(as_word(radius), half_turn));
    const auto a = hn::ConvertTo(D(), hn::BitCast(SignedTag(), hn::Add(w, w))) * set(7.3145906e-10f);
    const auto a2 = a * a;
    auto sine = fma(a2, set(-1.8363654e-04f), set(8.306325e-03f));
    sine = fma(a2, sine, set(-0.16664828f));
    sine = fma(a2, sine, set(0.9999966f));
    auto cosine = fma(a2, set(2.3153932e-05f), set(-1.3853704e-03f));
    cosine = fma(a2, cosine, set(4.1663583e-02f));
    cosine = fma(a2, cosine, set(-0.49999905f));
    cosine = fma(a2, cosine, set(0.99999994f));
    sine_part = signed_radius * a * sine;
    cosine_part = signed_radius * cosine;
  }

  /// tanh by a rational minimax approximation on |x| <= 9, relative error 2e-8; beyond, tanh rounds to +-1.
  static HWY_INLINE Real tanh(Real x) {
    const auto bounded = hn::Min(hn::Max(x, set(-9.0f)), set(9.0f));
    const auto t = bounded * bounded;
    auto p = fma(t, set(1.3354788853940193e-08f), set(2.0609183963216122e-05f));
    p = fma(t, p, set(0.0034955947543425345f));
    p = fma(t, p, set(0.13381031388385706f));
    p = fma(t, p, set(0.9999999795187268f));
    auto q = fma(t, set(7.776613266106235e-07f), set(0.00032856453320871275f));
    q = fma(t, q, set(0.02587700791549341f));
    q = fma(t, q, set(0.4671434699806916f));
    q = fma(t, q, set(1.0f));
    return bounded * p / q;
  }

 private:
  /// Of each four lanes two slots of `a`, then two of `b`: their low or their high words.
  template <bool kHigh>
  static HWY_INLINE Word halves(Wide a, Wide b) {
    [[maybe_unused]] constexpr int kPick = kHigh ? 0xdd : 0x88;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
    if constexpr (size == 16) {
      return as_word(Real{_mm512_shuffle_ps(as_real(a).raw, as_real(b).raw, kPick)});
    }
#endif
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
    if constexpr (size == 8) {
      return as_word(Real{_mm256_shuffle_ps(as_real(a).raw, as_real(b).raw, kPick)});
    }
#endif
    if constexpr (kHigh) {
      return hn::ConcatOdd(WordTag(), b, a);
    } else {
      return hn::ConcatEven(WordTag(), b, a);
    }
  }

  /// table[index mod 4] per lane; `table` holds its four values four times.
  static HWY_INLINE Real lookup4(const float* table, Word index) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
    if constexpr (size == 16) return Real{_mm512_permutevar_ps(_mm512_load_ps(table), index.raw)};
#endif
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
    if constexpr (size == 8) return Real{_mm256_permutevar_ps(_mm256_load_ps(table), index.raw)};
#endif
    const auto within = hn::And(index, hn::Set(WordTag(), 3u));
    if constexpr (size == 4) {
      return hn::TableLookupLanes(load(table), hn::IndicesFromVec(D(), within));
    } else {
      return hn::GatherIndex(D(), table, hn::BitCast(SignedTag(), within));
    }
  }
};

/// The widest lanes of the target.
using SimdLanes = HighwayLanes<hn::ScalableTag<float> >;
#endif

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#endif
