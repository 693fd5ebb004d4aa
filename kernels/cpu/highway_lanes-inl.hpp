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

// Tables of 16 entries: one or two registers on the wide targets. Every target sees the same values and does
// the same operations on them in the same order, so all targets with fused multiply-add give the same bits.

// Logarithm: centres c_i = 1 + i/16 of the intervals of the mantissa; 1 / c_i and -2 log(c_i).
alignas(64) constexpr float kInverseCentre[16] = {1.0f,         0.941176471f, 0.888888889f, 0.842105263f,
                                                  0.8f,         0.761904762f, 0.727272727f, 0.695652174f,
                                                  0.666666667f, 0.64f,        0.615384615f, 0.592592593f,
                                                  0.571428571f, 0.551724138f, 0.533333333f, 0.516129032f};
alignas(64) constexpr float kNegTwoLogCentre[16] = {
    -0.0f,         -0.121249243f, -0.235566071f, -0.343700514f, -0.446287103f, -0.543867431f,
    -0.636907462f, -0.725810987f, -0.810930216f, -0.892574205f, -0.971015630f, -1.04649629f,
    -1.11923158f,  -1.18941421f,  -1.25721731f,  -1.32279697f};
// Sine and cosine of pi i / 16.
alignas(64) constexpr float kSine[16] = {
    0.0f, 0.195090324f, 0.382683426f, 0.555570245f, 0.707106769f, 0.831469595f, 0.923879504f, 0.980785251f,
    1.0f, 0.980785251f, 0.923879504f, 0.831469595f, 0.707106769f, 0.555570245f, 0.382683426f, 0.195090324f};
alignas(64) constexpr float kCosine[16] = {1.0f,          0.980785251f,  0.923879504f,  0.831469595f,
                                           0.707106769f,  0.555570245f,  0.382683426f,  0.195090324f,
                                           0.0f,          -0.195090324f, -0.382683426f, -0.555570245f,
                                           -0.707106769f, -0.831469595f, -0.923879504f, -0.980785251f};

/// SIMD lanes of the compiled target, one draw per lane; the members are those of plain::ScalarLanes.
/// `D` is a Highway tag of float with a size known at compile time.
template <class D>
struct HighwayLanes {
  static constexpr int size = static_cast<int>(hn::MaxLanes(D()));
  static constexpr int wides = 2;  // even lanes, odd lanes
  using Tag = D;
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
    const auto slots = hn::Iota(SlotTag(), 0);
    const auto lanes = hn::Add(slots, slots);
    return hn::Add(hn::BitCast(WordTag(), lanes),
                   hn::Set(WordTag(), base + static_cast<std::uint32_t>(part)));
  }
  static HWY_INLINE Wide mul_wide(Wide a, Wide b) { return hn::BitCast(WordTag(), hn::MulEven(a, b)); }
  static HWY_INLINE Wide high(Wide a) {
    return hn::BitCast(WordTag(), hn::ShiftRight<32>(hn::BitCast(SlotTag(), a)));
  }
  static HWY_INLINE Wide xor3(Wide a, Wide b, Wide c) { return hn::Xor3(a, b, c); }
  static HWY_INLINE Word merge(const Wide (&parts)[wides]) {
    return hn::OddEven(hn::DupEven(parts[1]), parts[0]);
  }

  static HWY_INLINE Real as_real(Word w) { return hn::BitCast(D(), w); }
  static HWY_INLINE Word as_word(Real x) { return hn::BitCast(WordTag(), x); }
  static HWY_INLINE Real to_real(Word w) { return hn::ConvertTo(D(), w); }

  /// -2 log((w + 1/2) / 2^32). With v = w + 1/2 = 2^e m, m near a centre c: -2 (e - 32) log 2 - 2 log c - 2
  /// log(1 + r), r = m / c - 1. At w near 2^32 both e - 32 and log c vanish, so the error stays relative
  /// there: the radius of Box-Muller is its square root. Absolute error below 2e-7 elsewhere.
  static HWY_INLINE Real neg_two_log_uniform(Word w) {
    const auto v = to_real(w) + set(0.5f);
    const auto start =
        hn::Set(SignedTag(), 0x4f7c0000);  // 2^32 (1 - 1/64): the interval around centre 1 begins here
    const auto offset = hn::Sub(hn::BitCast(SignedTag(), v), start);
    const auto exponent = hn::ConvertTo(D(), hn::ShiftRight<23>(offset));
    const auto interval = hn::ShiftRight<19>(hn::BitCast(WordTag(), offset));
    const auto mantissa = hn::BitCast(
        D(), hn::Add(hn::And(offset, hn::Set(SignedTag(), 0x007fffff)), hn::Set(SignedTag(), 0x3f7c0000)));
    const auto r = hn::MulSub(mantissa, lookup16(kInverseCentre, interval), set(1.0f));
    const auto q = fma(r, set(-0.667057596562f), set(1.000403480207f));
    const auto tail = fma(r, q, set(-2.0f));
    const auto head = fma(exponent, set(-1.38629436f), lookup16(kNegTwoLogCentre, interval));
    return fma(r, tail, head);
  }

  /// radius times sine and cosine of 2 pi (w + 1/2) / 2^32: the nearest of 32 directions, turned by a, |a| <=
  /// pi / 32. The opposite direction is the same table entry with the radius negated. Error below 6e-7 of the
  /// radius.
  static HWY_INLINE void polar(Real radius, Word w, Real& sine_part, Real& cosine_part) {
    const auto rounded = hn::Add(w, hn::Set(WordTag(), 1u << 26));
    const auto direction = hn::ShiftRight<27>(rounded);
    const auto half_turn = hn::And(rounded, hn::Set(WordTag(), 1u << 31));
    const auto signed_radius = as_real(hn::Xor(as_word(radius), half_turn));
    const auto a = hn::ConvertTo(D(), hn::BitCast(SignedTag(), hn::ShiftLeft<5>(w))) * set(4.57161870e-11f);
    const auto a2 = a * a;
    const auto sine = signed_radius * (a * fma(a2, set(-0.166596876508f), set(1.0f)));
    const auto cosine = signed_radius * fma(a2, set(-0.499598533769f), set(0.999999516397f));
    const auto s = lookup16(kSine, direction);
    const auto c = lookup16(kCosine, direction);
    sine_part = fma(s, cosine, c * sine);
    cosine_part = hn::NegMulAdd(s, sine, c * cosine);
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
  /// table[index mod 16] per lane.
  static HWY_INLINE Real lookup16(const float* table, Word index) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
    if constexpr (size == 16) {
      return Real{_mm512_permutexvar_ps(index.raw, _mm512_load_ps(table))};
    }
#endif
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
    if constexpr (size == 8) {
      const auto low = _mm256_permutevar8x32_ps(_mm256_load_ps(table), index.raw);
      const auto high = _mm256_permutevar8x32_ps(_mm256_load_ps(table + 8), index.raw);
      return Real{_mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(index.raw, 28)))};
    }
#endif
    const auto within = hn::And(index, hn::Set(WordTag(), 15u));
    return hn::GatherIndex(D(), table, hn::BitCast(SignedTag(), within));
  }
};

/// The widest lanes of the target; one lane where it has no vectors.
#if HWY_TARGET == HWY_SCALAR
using SimdLanes = plain::ScalarLanes;
#else
using SimdLanes = HighwayLanes<hn::ScalableTag<float> >;
#endif

}  // namespace HWY_NAMESPACE
}  // namespace gnc
HWY_AFTER_NAMESPACE();

#endif
